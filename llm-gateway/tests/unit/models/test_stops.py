"""Stop strings, whatever the pieces of text are."""

from hypothesis import given
from hypothesis import strategies as st
from munbot_llm.models.stops import StopFilter

TEXT = st.text("ab«»", max_size=30)


def said(pieces, stops):
    stop = StopFilter(stops)
    out = [stop.feed(piece) for piece in pieces]
    return "".join(out) + stop.rest(), stop.stopped


@given(st.lists(TEXT, max_size=12), st.lists(st.text("ab«", max_size=4), max_size=4))
def test_pieces_do_not_matter(pieces, stops):
    """The text ends before the first stop string, as if it had come in one piece."""
    whole = "".join(pieces)
    ends = [at for stop in stops if stop and (at := whole.find(stop)) >= 0]
    text, stopped = said(pieces, stops)
    # Piece by piece an earlier end can only be found by a stop that is complete earlier; it is never after the first.
    assert stopped == bool(ends)
    assert whole.startswith(text)
    assert not any(stop in text for stop in stops if stop)
    if not ends:
        assert text == whole


@given(TEXT, st.text("ab«", min_size=1, max_size=4))
def test_character_by_character_is_as_in_one_piece(text, stop):
    assert said(list(text), [stop]) == said([text], [stop])


def test_what_may_begin_a_stop_string_is_held_back_and_said_in_the_end():
    stop = StopFilter(["FIN."])
    assert stop.feed("todo FI") == "todo "
    assert stop.feed("NO") == "FINO"
    assert stop.feed(" FIN") == " "
    assert stop.rest() == "FIN"
    assert not stop.stopped
