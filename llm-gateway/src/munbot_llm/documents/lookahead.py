"""What the lines ahead say about the present one: titles that go on, titles above articles, lists that follow."""

import re
from collections import Counter
from collections.abc import Sequence

from munbot_llm.documents import labels
from munbot_llm.documents.blocks import Block, Level
from munbot_llm.documents.lines import PAGE_BREAK, SHORT, capital, ended, merged, usual_width
from munbot_llm.documents.titles import (
    decree_part,
    has_finite_verb,
    is_caps,
    is_title_run,
    section_word,
    sentence_case,
)

_MOST_TITLE_LINES = 16
_TEXT_WIDTH = 40
_LONE_TITLE = (70, 9)  # characters, words


class Lookahead:
    """Lines, the place reached in them, and what has been seen of the act's structure."""

    def __init__(self, lines: Sequence[str | Block], forms: "Counter[str]") -> None:
        self._lines = merged(lines)
        self._forms = forms
        self._at = 0
        self._width = usual_width([line for line in lines if isinstance(line, str)])
        self._article = 0
        self._divisions: dict[Level, int] = {}

    def _peek(self, ahead: int) -> str:
        at = self._at + ahead
        line = self._lines[at] if at < len(self._lines) else ""
        return line if isinstance(line, str) else ""

    def _skip_gaps(self) -> int:
        """Return how many empty lines follow."""
        ahead = 0
        while self._at + ahead < len(self._lines) and self._lines[self._at + ahead] == "":
            ahead += 1
        return ahead

    def _opens_something(self, line: str) -> bool:
        return bool(
            labels.article(line)
            or labels.article_alone(line)
            or labels.division(line, dict(self._divisions))
            or section_word(line)
            or decree_part(line)
        )

    def _title_below(self) -> str:
        """Take the title that stands in a line of its own under an article's number."""
        gaps = self._skip_gaps()
        line, following = self._peek(gaps), self._peek(gaps + 1) or self._peek(gaps + 2)
        if (
            not line
            or len(line) > min(SHORT * self._width, 80)
            or len(line.split()) > 10
            or self._opens_something(line)
        ):
            return ""
        if labels.mark(line) or has_finite_verb(line) or not (capital(line) and capital(following)):
            return ""
        if line.endswith((",", ";", ":")) or labels.dangling(line):
            return ""
        self._at += gaps + 1
        return sentence_case(line, self._forms).strip(" .\"'“”")

    def _title_lines(self, taken: Sequence[str]) -> list[str]:
        """Take the lines that belong to the title which has begun."""
        found: list[str] = []
        if not taken:
            self._at += self._skip_gaps()
        while len(found) < _MOST_TITLE_LINES:
            line = self._peek(0)
            if not line or self._opens_something(line) or (taken and labels.mark(line)):
                break
            so_far = [*taken, *found]
            goes_on = bool(so_far) and labels.dangling(so_far[-1]) and not re.search(r"[a-záéíóúñ]", line)
            caps = goes_on or is_caps(line, more=True)
            if not caps and (found or taken or not self._stands_alone(line)):
                break
            found.append(line)
            self._at += 1
            if not caps or re.search(r"[.\"”»]\s*$", line):
                break
        return found

    def _stands_alone(self, line: str) -> bool:
        """Say whether the line under a bare «Título II» is its title."""
        if len(line) > 110 or labels.mark(line) or has_finite_verb(line) or line.endswith((",", ";", ":")):
            return False
        following = self._peek(1)
        return not following or capital(following)

    def _title_run(self) -> tuple[list[str], int]:
        """Return the short lines that stand right above an article, its title, and how many lines they take."""
        run: list[str] = []
        for ahead in range(6):
            line = self._peek(ahead)
            if line == PAGE_BREAK or self._at + ahead >= len(self._lines):
                return [], 0
            if labels.article(line):
                return (run, ahead) if is_title_run(run) else ([], 0)
            if line and self._opens_something(line):
                return [], 0
            if line:
                run.append(line)
        return [], 0

    def _is_lone_title(self, line: str) -> bool:
        """Say whether a short line between empty ones is a heading over text."""
        longest, most_words = _LONE_TITLE
        if self._article or self._peek(1) or len(line) > longest or len(line.split()) > most_words:
            return False
        if not capital(line) or ended(line) or line.endswith(",") or labels.mark(line) or has_finite_verb(line):
            return False
        following = self._peek(2)
        return len(following) >= _TEXT_WIDTH or ended(following)

    def _is_listed(self, line: str) -> bool:
        """Say whether a line in capitals is an item or opens a list: «B) HOTELES», «1 ALIMENTOS» over «1.1 …»."""
        own, following = labels.mark(line), labels.mark(self._peek(1))
        if own is None:
            return self._article > 0 and following is not None
        return (own.family == "l" and self._article > 0) or (following is not None and following.family in {"d", "n"})
