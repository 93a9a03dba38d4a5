"""Refusing messages, and wanting them again, in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from munbot_whatsapp.texts import opt_of, plain, resource


@pytest.mark.parametrize(
    "word", ["BAJA", "baja", " Baja. ", "¡BAJA!", "«stop»", "Stop", "Darme de baja", "deme de  BAJA"]
)
def test_words_that_refuse(word):
    assert opt_of(word) == "out"


@pytest.mark.parametrize("word", ["ALTA", "alta!", "Quiero darme de alta", "START"])
def test_words_that_want_again(word):
    assert opt_of(word) == "in"


@pytest.mark.parametrize(
    "words",
    ["", "   ", "👍", "trabaja", "la presión es baja", "baja la basura por favor", "alta velocidad", "no", "b a j a"],
)
def test_other_words_say_nothing(words):
    assert opt_of(words) is None


@given(st.text())
def test_any_text_is_read(text):
    assert opt_of(text) in {"out", "in", None}


@given(st.sampled_from(resource("words")["opt"]["out"]), st.text(alphabet="abcdefghij ", min_size=1).filter(str.strip))
def test_a_word_among_others_is_no_refusal(word, more):
    known = {plain(known) for words in resource("words")["opt"].values() for known in words}
    for text in (f"{word} {more}", f"{more} {word}"):
        if plain(text) not in known:
            assert opt_of(text) is None


def test_no_word_means_both():
    words = resource("words")["opt"]
    assert not {plain(word) for word in words["out"]} & {plain(word) for word in words["in"]}
