from hypothesis import given
from hypothesis import strategies as st
from munbot_llm.retrieval.lexical import LexicalIndex, concept_forms
from munbot_llm.retrieval.text import stem

TEXTS = [
    "Se prohíbe el expendio de bebidas alcohólicas a menores de edad.",
    "El dueño del perro debe recoger sus fecas en la vía pública.",
    "Los escombros se transportan con autorización de Obras.",
]


def best(question):
    index = LexicalIndex(TEXTS)
    return int(index.scores(index.terms(question)).argmax())


def test_everyday_words_find_the_offices_words():
    assert best("le venden copete a los cabros") == 0
    assert best("la caca del kiltro") == 1


def test_typing_errors_are_forgiven_but_not_other_words():
    assert best("permiso para escombors") == 2
    index = LexicalIndex(TEXTS)
    assert index.terms("piscina")[0].forms == ()


def test_a_word_that_no_text_has_weighs_most():
    index = LexicalIndex(TEXTS)
    absent, present = index.terms("piscina escombros")
    assert absent.idf > present.idf


def test_a_term_of_one_index_can_be_looked_up_in_another():
    index, other = LexicalIndex(TEXTS), LexicalIndex(["el perro ladra", "la plaza"])
    (term,) = index.terms("perro")
    assert other.matches(term).tolist()[1] == 0
    assert other.matches(term).tolist()[0] > 0


def test_the_thesaurus_knows_both_ways():
    assert stem("quiltro") in concept_forms(stem("perro"))
    assert stem("perro") in concept_forms(stem("quiltro"))


@given(st.text(max_size=200))
def test_any_question_gets_finite_scores(question):
    index = LexicalIndex(TEXTS)
    scores = index.scores(index.terms(question))
    assert scores.shape == (3,)
    assert (scores >= 0).all()


def test_an_index_of_nothing_answers_nothing():
    index = LexicalIndex([])
    assert index.scores(index.terms("hola perro")).shape == (0,)
