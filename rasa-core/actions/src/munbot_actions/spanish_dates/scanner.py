"""Run the rules tables over a canonical line; what one rule claims is closed to the next."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from munbot_actions.spanish_dates import dates, hints, masks, negation, relative, spans_of_days, times, weekdays
from munbot_actions.spanish_dates.model import Mention

CLOSED = "\x00"
Dated = tuple[re.Pattern[str], Callable[[re.Match[str], datetime], Mention | None]]
Undated = tuple[re.Pattern[str], Callable[[re.Match[str]], Mention | None]]
Found = tuple[re.Pattern[str], Callable[[re.Match[str]], Mention | None]]


class Scanner:
    """One pass over one line."""

    def __init__(self, line: str, now: datetime) -> None:
        self.open = line
        self.now = now
        self.mentions: list[Mention] = []
        self.past_duration = False

    def run(self) -> list[Mention]:
        """Apply masks and rules in their order and give the mentions in the order they were said."""
        self._close(masks.PAST_DURATION_RULES, past=True)
        self._close(masks.NOT_DATE_RULES, past=False)
        self._apply(self._with_now(dates.FIRST_RULES))
        if not negation.MOVING.search(self.open):
            self._apply(self._with_now(spans_of_days.BETWEEN_RULES))
        self._apply(hints.BEFORE_HOURS_RULES)
        self._apply(times.RULES)
        self._apply(hints.PART_RULES)
        self._apply(self._with_now(dates.DOTTED_RULES))
        self._apply(self._with_now(dates.NAMED_RULES))
        self._apply(self._with_now(weekdays.RULES))
        self._apply(self._with_now(relative.RULES))
        self._apply(self._with_now(dates.NUMBER_RULES))
        self._apply(self._with_now(spans_of_days.RULES))
        self._apply(hints.CHOICE_RULES)
        return sorted(self.mentions, key=lambda mention: mention.start)

    def _with_now(self, rules: Iterable[Dated]) -> list[Undated]:
        now = self.now

        def bind(
            build: Callable[[re.Match[str], datetime], Mention | None],
        ) -> Callable[[re.Match[str]], Mention | None]:
            return lambda match: build(match, now)

        return [(pattern, bind(build)) for pattern, build in rules]

    def _apply(self, rules: Iterable[Found]) -> None:
        for pattern, build in rules:
            claimed: list[tuple[int, int]] = []
            for match in pattern.finditer(self.open):
                mention = build(match)
                if mention is not None:
                    start, end = _trimmed(match)
                    self.mentions.append(replace(mention, start=start, end=end))
                    claimed.append((start, end))
            self._claim(claimed)

    def _close(self, patterns: Iterable[re.Pattern[str]], *, past: bool) -> None:
        for pattern in patterns:
            claimed = [match.span() for match in pattern.finditer(self.open)]
            self.past_duration = self.past_duration or (past and bool(claimed))
            self._claim(claimed)

    def _claim(self, spans: list[tuple[int, int]]) -> None:
        if not spans:
            return
        pieces, position = [], 0
        for start, end in spans:
            pieces += [self.open[position:start], CLOSED * (end - start)]
            position = end
        self.open = "".join([*pieces, self.open[position:]])


def _trimmed(match: re.Match[str]) -> tuple[int, int]:
    text = match.group()
    start = match.start() + len(text) - len(text.lstrip(" ,.;:!?¿¡"))
    end = match.end() - (len(text) - len(text.rstrip(" ,")))
    return start, max(end, start + 1)
