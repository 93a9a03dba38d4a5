"""What of a procedure is asked for, and which section tells it."""

import pytest
from answers_plumbing import embeddings
from munbot_llm.answers.aspects import asked_aspects, is_aspect_word, told_aspects
from munbot_llm.answers.evidence import FEATURES, gather
from munbot_llm.documents.passages import Passage
from munbot_llm.retrieval.index import TenantIndex


@pytest.mark.parametrize(
    ("question", "aspects"),
    [
        ("¿Qué papeles necesito para la beca?", {"documents"}),
        ("requisitos beca", {"requirements"}),
        ("¿cuánto sale la patente?", {"cost"}),
        ("¿hasta cuándo reciben postulaciones?", {"deadline"}),
        ("¿dónde se hace?", {"place"}),
        ("¿cómo pido hora?", {"how"}),
        ("¿qué es el subsidio?", {"about"}),
        ("me mordió un perro", set()),
    ],
)
def test_what_is_asked_for(question, aspects):
    assert asked_aspects(question) == aspects


@pytest.mark.parametrize(
    ("heading", "aspects"),
    [
        ("Documentos", {"documents"}),
        ("Costo", {"cost"}),
        ("Dónde y cuándo", {"place"}),
        ("Cómo se pide hora", {"how"}),
        ("Artículo 4°", set()),
        ("", set()),
    ],
)
def test_what_a_section_tells(heading, aspects):
    assert told_aspects(heading) == aspects


def test_words_that_only_name_the_part():
    assert is_aspect_word("papeles")
    assert not is_aspect_word("beca")


def test_the_section_that_tells_the_part_is_told_from_its_neighbours():
    def section(article, text, position):
        return Passage("beca.md", "Beca municipal", article, ("Beca municipal", article), text, position)

    passages = [
        section("Documentos", "Debe presentar su cédula de identidad y el certificado de notas.", 0),
        section("Costo", "La postulación es gratis.", 1),
        Passage("aseo.md", "Ordenanza de aseo", "Artículo 1°", ("Ordenanza de aseo", "Artículo 1°"), "Barrer.", 0),
    ]
    index = TenantIndex.build(passages, embeddings())
    found = gather(index, index.understand("papeles para la beca municipal"))
    rows = {passages[place].article: found.table[number] for number, place in enumerate(found.places)}
    other, told = FEATURES.index("aspect_other"), FEATURES.index("aspect_told")
    assert rows["Documentos"][told] > 0.9
    assert rows["Documentos"][other] == 0
    assert (rows["Costo"][told], rows["Costo"][other]) == (0, 1)
    assert (rows["Artículo 1°"][told], rows["Artículo 1°"][other]) == (0, 0)
