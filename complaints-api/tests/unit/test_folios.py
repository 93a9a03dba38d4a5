"""The folio's check digit catches the slips that people make."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from munbot_complaints.folios import MAX_NUMBER, Folio, FolioInvalid

folios = st.builds(Folio, year=st.integers(2000, 2199), number=st.integers(1, MAX_NUMBER))


def is_valid(text):
    try:
        Folio.parse(text)
    except FolioInvalid:
        return False
    return True


def test_known_folios():
    assert str(Folio(2026, 13)) == "REC-2026-000013-7"
    assert str(Folio(2026, 3)) == "REC-2026-000003-K"


@given(folios)
def test_a_folio_reads_back(folio):
    assert Folio.parse(str(folio)) == folio


@given(folios, st.data())
def test_every_wrong_character_is_noticed(folio, data):
    text = str(folio)
    places = [index for index, character in enumerate(text) if index > 3 and character != "-"]
    place = data.draw(st.sampled_from(places))
    others = [character for character in "0123456789K" if character != text[place]]
    wrong = text[:place] + data.draw(st.sampled_from(others)) + text[place + 1 :]
    assert not is_valid(wrong)


@given(folios, st.data())
def test_every_swap_of_neighbours_is_noticed(folio, data):
    text = str(folio)
    places = [index for index, character in enumerate(text) if index > 3 and character != "-"]
    pairs = [(a, b) for a, b in pairwise(places) if text[a] != text[b]]
    if not pairs:
        return
    a, b = data.draw(st.sampled_from(pairs))
    swapped = list(text)
    swapped[a], swapped[b] = swapped[b], swapped[a]
    assert not is_valid("".join(swapped))


@pytest.mark.parametrize(
    "text",
    [
        "REC-2026-000013-7",
        "rec-2026-000013-7",
        "  REC 2026 000013 7 ",
        "REC–2026–000013–7",
        "REC.2026.13.7",
        "2026-13-7",
        "REC20260000137",
        "REC_2026_000013_7",
    ],
)
def test_ways_to_write_one(text):
    assert Folio.parse(text) == Folio(2026, 13)


@pytest.mark.parametrize(
    "text", ["", "REC", "REC-26-13-7", "REC-2026-0-0", "REC-2026-000013", "REC-2026-1234567890-1", "²026-13-7x"]
)
def test_what_is_none(text):
    with pytest.raises(FolioInvalid):
        Folio.parse(text)


@given(st.text(max_size=60))
def test_any_text_is_answered(text):
    is_valid(text)
