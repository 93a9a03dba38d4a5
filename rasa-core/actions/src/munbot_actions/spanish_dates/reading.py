"""From a message to its reading: scan, tell meant from refused, combine."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from munbot_actions.spanish_dates import negation
from munbot_actions.spanish_dates.combining import Combiner
from munbot_actions.spanish_dates.model import Mention, Reading, Relation
from munbot_actions.spanish_dates.scanner import CLOSED, Scanner
from munbot_actions.spanish_dates.text import Canonical, canonical
from munbot_actions.spanish_dates.vocabulary import FILLERS

_ONE = ("uno", "una")
_FLIPPED: dict[Relation | None, Relation] = {"before": "after", "after": "before"}
_LONE_NUMBER = re.compile(r"(?<![0-9.,:/-])\b([0-9]{1,4})\b(?![0-9:/]|[.,-][0-9])")
_WORD = re.compile(r"[a-z]+")


def read(text: str, now: datetime) -> Reading:
    """Read a message; ``now`` is aware and in the tenant's zone."""
    line = canonical(text)
    scanner = Scanner(line.text, now)
    mentions = [_quoting(text, line, mention) for mention in scanner.run()]
    meant, refused = negation.split(line.text, mentions)
    if negation.moves_from(line.text, meant):
        leaving = next(mention for mention in meant if mention.says_day)
        meant.remove(leaving)
        refused.insert(0, leaving)
    # «no puedo antes de las 10» means after 10.
    meant += [
        replace(mention, relation=_FLIPPED[mention.relation]) for mention in refused if mention.relation in _FLIPPED
    ]
    refused = [mention for mention in refused if mention.relation not in _FLIPPED]
    combiner = Combiner(text, line, now)
    reading = combiner.wishes(sorted(meant, key=lambda mention: mention.start))
    return replace(
        reading,
        past_duration=scanner.past_duration,
        bare_number=_bare_number(scanner.open, mentions),
        spans=_spans(line, mentions),
        negated=tuple(combiner.one([mention]) for mention in refused),
    )


def _quoting(text: str, line: Canonical, mention: Mention) -> Mention:
    """Let the problems of a mention quote the citizen's own letters."""
    if not mention.problems:
        return mention
    start, end = line.span(mention.start, mention.end)
    return replace(mention, problems=tuple(replace(problem, text=text[start:end]) for problem in mention.problems))


def _spans(line: Canonical, mentions: list[Mention]) -> tuple[tuple[int, int], ...]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(line.span(mention.start, mention.end) for mention in mentions):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _bare_number(rest: str, mentions: list[Mention]) -> int | None:
    """Find the number that stands alone in what no rule claimed: «10», «la 2», «mañana 10»."""
    if CLOSED in rest and not mentions:
        return None
    numbers = _LONE_NUMBER.findall(rest)
    words = _WORD.findall(rest)
    content = [word for word in words if word not in FILLERS or word in _ONE]
    if not numbers and not mentions and content in (["uno"], ["una"]) and "hora" not in words:
        return 1
    if any(word not in _ONE for word in content) or len(numbers) > 1:
        return None
    if numbers:
        return int(numbers[0])
    return mentions[0].month_day if len(mentions) == 1 else None
