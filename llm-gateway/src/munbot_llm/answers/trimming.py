"""The part of a passage that answers: whole sentences around the one that fits best."""

from dataclasses import dataclass

from munbot_llm.retrieval.index import TenantIndex

LIMIT = 600
"""Characters of an excerpt; one longer sentence is still shown whole."""

SECOND_LIMIT = 400
"""Characters of a second excerpt, where two passages fit nearly as well."""


@dataclass(frozen=True, slots=True)
class Window:
    """Some sentences in a row, and the sentence that opens their enumeration where it stands apart.

    Attributes:
        text: what is shown.
        first: number of the first sentence.
        last: number of the last one.
        start: where it begins in the passage.
        end: where it ends.
    """

    text: str
    first: int
    last: int
    start: int
    end: int


def window(index: TenantIndex, place: int, anchor: int, limit: int = LIMIT) -> Window:
    """Return what would be shown of a passage.

    Args:
        index: where it is.
        place: the passage.
        anchor: the sentence that fits; -1 for all of it.
        limit: characters.
    """
    text = index.passages[place].text
    begin, stop = int(index.starts[place]), int(index.starts[place + 1]) - 1
    if anchor < 0 or len(text) <= limit:
        return Window(text, begin, stop, 0, len(text))
    segments = index.segments
    lead = segments[anchor].lead
    opening = text[segments[lead].start : segments[lead].end] if lead >= 0 else ""
    room = limit - len(opening)
    first = last = anchor
    while True:
        if last < stop and segments[last + 1].end - segments[first].start <= room:
            last += 1
        elif first > begin and segments[last].end - segments[first - 1].start <= room:
            first -= 1
        else:
            break
        if first > begin and segments[last].end - segments[first - 1].start <= room:
            first -= 1
    if lead >= first:
        opening = ""
    start, end = segments[first].start, segments[last].end
    shown = text[start:end]
    if opening:
        between = text[segments[lead].end : start].strip()
        shown = f"{opening}\n{'[…]' + chr(10) if between else ''}{shown}"
    return Window(shown, first, last, start, end)
