import pytest
from hypothesis import given
from hypothesis import strategies as st
from munbot_whatsapp.deliveries.splitting import length, shortened, split, split_with_tail

WORDS = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n "), max_size=600)
LETTERS = st.text(alphabet="ab .\n\U0001f468\u200d\U0001f466\u0301", max_size=400)


def no_blanks(text):
    return "".join(text.split())


@given(text=WORDS | LETTERS, limit=st.integers(8, 90))
def test_nothing_but_blanks_is_lost_and_every_piece_fits(text, limit):
    pieces = split(text, limit)
    assert no_blanks("".join(pieces)) == no_blanks(text)
    assert all(piece.strip() == piece and 0 < length(piece) <= limit for piece in pieces)


@given(text=WORDS | LETTERS, limit=st.integers(40, 90), tail=st.integers(8, 40))
def test_the_tail_is_short_and_nothing_is_lost(text, limit, tail):
    pieces = split_with_tail(text, limit, tail)
    assert no_blanks("".join(pieces)) == no_blanks(text)
    assert all(0 < length(piece) <= limit for piece in pieces)
    assert not pieces or length(pieces[-1]) <= tail


@given(text=WORDS, limit=st.integers(2, 40))
def test_what_is_shortened_fits_and_begins_as_the_whole(text, limit):
    short = shortened(text, limit)
    assert length(short) <= limit
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))


@pytest.mark.parametrize(
    ("text", "limit", "pieces"),
    [
        ("Uno dos.\n\nTres cuatro.", 14, ["Uno dos.", "Tres cuatro."]),
        ("Uno dos.\nTres cuatro cinco.", 18, ["Uno dos.", "Tres cuatro cinco."]),
        ("Uno dos tres. Cuatro cinco.", 20, ["Uno dos tres.", "Cuatro cinco."]),
        ("Uno dos tres cuatro", 12, ["Uno dos tres", "cuatro"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("   ", 4, []),
    ],
)
def test_cuts_are_where_a_reader_would_pause(text, limit, pieces):
    assert split(text, limit) == pieces


def test_an_emoji_counts_twice_and_is_not_parted():
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    assert length(family) == 8
    assert split(f"abc{family}", 10) == ["abc", family]


def test_a_letter_keeps_its_accent():
    assert split("aaae\u0301b", 4) == ["aaa", "e\u0301b"]
