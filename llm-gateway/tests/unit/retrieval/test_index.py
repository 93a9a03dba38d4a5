from concurrent.futures import ThreadPoolExecutor

import numpy as np
from answers_plumbing import embedder, embeddings, index, passages
from munbot_llm.retrieval.index import TenantIndex


def test_the_fitting_passage_comes_first():
    assert index().search("¿Puedo quemar hojas en mi patio?", 3)[0].passage.article == "Artículo 3°. Quemas"
    assert index().search("ke horario tiene la muni", 1)[0].passage.questions


def test_hits_are_ordered_and_as_many_as_asked_for():
    hits = index().search("perro", 4)
    assert len(hits) == 4
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(index().passages[hit.place] is hit.passage for hit in hits)


def test_sentences_are_where_they_say_and_items_know_what_opens_them():
    for segment in index().segments:
        assert index().words_of(segment).strip() == index().words_of(segment) != ""
    leads = {index().words_of(s): index().words_of(index().segments[s.lead]) for s in index().segments if s.lead >= 0}
    assert leads == {
        "a) Con la cédula de identidad del solicitante.": "La ayuda social se solicita en la Dirección de Desarrollo "
        "Comunitario:",
        "b) Con la cartola del Registro Social de Hogares.": "La ayuda social se solicita en la Dirección de "
        "Desarrollo Comunitario:",
    }


def test_an_index_of_nothing_finds_nothing():
    assert TenantIndex.build([], embeddings()).search("hola", 3) == []


def test_an_index_of_one_passage_works():
    one = TenantIndex.build(passages()[:1], embeddings())
    assert len(one.search("quemar", 3)) == 1


def test_threads_get_what_one_alone_gets():
    questions = [f"¿Cuánto es la multa número {number}?" for number in range(8)]
    alone = embedder().queries(questions)
    with ThreadPoolExecutor(4) as pool:
        together = np.vstack(list(pool.map(lambda question: embedder().queries([question]), questions)))
    assert np.array_equal(alone, together)
