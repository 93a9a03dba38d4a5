import pytest
from hypothesis import given
from hypothesis import strategies as st
from munbot_llm.retrieval.text import fold, normalise, stems, topics, words


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("xq kiero kemar las ojas", "porque quiero quemar las hojas"),
        ("¿cuántooo sale?", "¿cuánto sale?"),
        ("un sitio pelao en la eskina", "un sitio pelado en la esquina"),
        ("el kiosco y dos kilos de cacao", "el kiosco y dos kilos de cacao"),
        ("¿Qué necesito para la patente?", "¿Qué necesito para la patente?"),
    ],
)
def test_chat_is_brought_back_to_written_spanish(written, meant):
    assert normalise(written) == meant


def test_accents_case_and_endings_do_not_matter_but_years_are_no_anuses():
    assert stems("Las BOTILLERÍAS") == stems("botillería")
    assert words("Año y ano") == ["año", "y", "ano"]


def test_small_words_are_no_matter():
    assert stems("hola, quiero saber qué es lo que tengo que hacer") == []


@given(st.text(max_size=300))
def test_any_text_can_be_normalised_and_folding_is_final(text):
    assert fold(fold(text)) == fold(text)
    stems(normalise(text))


def test_topics_are_many_and_different():
    assert len(set(topics())) == len(topics()) > 200
