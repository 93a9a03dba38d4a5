"""How names and words together say which category fits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from munbot_llm.categories.rules import confidences, scores, word_share


def test_the_two_best_names_count():
    lucky, steady = np.array([0.9, 0.1, 0.1]), np.array([0.8, 0.8, 0.0])
    assert scores([lucky, steady], [0, 0]).argmax() == 1
    assert scores([np.array([0.85])], [0])[0] == pytest.approx(0.85)


def test_words_that_occur_decide_between_equals():
    same = np.array([0.8, 0.8])
    assert scores([same, same], [0, 1]).argmax() == 1


@pytest.mark.parametrize(
    ("text", "names", "share"),
    [
        ("Hace días que no pasa el CAMIÓN de la basura", ["camión de la basura"], 1.0),
        ("hay camiones en la calle", ["camión de la basura", "otro"], 0.5),
        ("mi vecino grita", ["camión de la basura"], 0.0),
        ("", ["camión"], 0.0),
        ("algo", [], 0.0),
        ("algo", ["de la"], 0.0),
    ],
)
def test_share_of_words(text, names, share):
    assert word_share(text, names) == share


@given(st.lists(st.floats(-1, 1.1), min_size=1, max_size=300))
def test_confidences_are_shares_in_the_order_of_the_fits(fits):
    sure = confidences(np.array(fits))
    assert sure.sum() == pytest.approx(1)
    assert sure.min() >= 0
    assert sure[int(np.argmax(fits))] == sure.max()
