"""Lines become blocks: paragraphs joined again, items, articles and headings told apart.

Works on text whose line breaks mean little (OCR, PDF, mails). A line that ends early, a mark, a label or an empty line
starts something new; everything else continues what is above.
"""

import re
from collections import Counter
from collections.abc import Sequence

from munbot_llm.documents import labels
from munbot_llm.documents.blocks import Block, Kind, Level, heading
from munbot_llm.documents.lines import PAGE_BREAK, SHORT, breaks, capital, ended, goes_on_in_capitals, is_label, joined, merged, usual_width
from munbot_llm.documents.titles import (
    act_title,
    decree_part,
    has_finite_verb,
    is_caps,
    is_title_run,
    named_title,
    section_word,
    sentence_case,
)
from munbot_llm.documents.words import resource

_MOST_TITLE_LINES = 16
_FARTHEST_ARTICLE = 40  # numbers that may be missing between two articles: scans lose pages


class Assembler:
    """Takes lines one by one and keeps the blocks made of them."""

    def __init__(self, lines: Sequence[str], forms: "Counter[str] | None" = None) -> None:
        self._lines = merged(lines)
        self._forms = forms or Counter()
        self._at = 0
        self._width = usual_width(lines)
        self._open: list[str] = []  # the lines of the present paragraph or item
        self._kind = Kind.PARAGRAPH
        self._mark: labels.Mark | None = None
        self._article = 0
        self._divisions: dict[Level, int] = {}
        self._fresh = True  # nothing above continues here
        self._page_start = False
        self.blocks: list[Block] = []

    def run(self) -> list[Block]:
        """Return the blocks of all lines."""
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if not line or line == PAGE_BREAK:
                self._page_start = line == PAGE_BREAK
                self._fresh = self._fresh or not line or self._ends_above()
                self._at += 1
                continue
            if not (self._takes_article(line) or self._takes_heading(line) or self._takes_mark(line)):
                self._takes_text(line)
                self._at += 1
            self._page_start = False
        self._flush()
        return self.blocks

    # -- articles

    def _takes_article(self, line: str) -> bool:
        if labels.article_alone(line):
            return self._takes_article_alone()
        found = labels.article(line, self._open[-1] if self._open else "")
        if not found or not self._in_sequence(found):
            return False
        self._at += 1
        self._opens_article(found)
        return True

    def _takes_article_alone(self) -> bool:
        following = self._peek(1)
        found = labels.article(f"Artículo {following}")
        if found and self._in_sequence(found):
            self._at += 2
            self._opens_article(found)
            return True
        if self._article and capital(following):  # the number was lost: it is the one that is due
            number = self._article + 1
            self._at += 1
            self._opens_article(labels.Article(number, f"Artículo {number}°", "", firm=True, quoted=False))
            return True
        return False

    def _in_sequence(self, found: labels.Article) -> bool:
        if found.quoted or found.number == 1 or "transitorio" in found.label:
            return True
        if found.number == self._article:
            return found.label.endswith(("bis", "ter"))
        if self._article < found.number <= self._article + _FARTHEST_ARTICLE:
            return True
        return found.firm and self._article == 0

    def _opens_article(self, found: labels.Article) -> None:
        self._flush()
        self._article = found.number
        title = "" if found.rest else self._title_below()
        self.blocks.append(heading(f"{found.label}. {title}" if title else found.label, Level.ARTICLE))
        self._start(Kind.PARAGRAPH, None)
        if found.rest:
            self._open.append(found.rest)

    def _title_below(self) -> str:
        """Take the title that stands in a line of its own under an article's number."""
        line, following = self._peek(0), self._peek(1)
        if not line or len(line) > SHORT * self._width or len(line.split()) > 10 or self._opens_something(line):
            return ""
        if labels.mark(line) or has_finite_verb(line) or not (capital(line) and capital(following)):
            return ""
        if line.endswith((",", ";", ":")) or labels.dangling(line):
            return ""
        self._at += 1
        return sentence_case(line, self._forms).strip(" .\"'“”")

    # -- headings

    def _takes_heading(self, line: str) -> bool:
        division = labels.division(line, self._divisions)
        if division:
            self._flush()
            self._at += 1
            first = [division.rest] if division.rest else []
            whole = bool(re.search(r"[.\"”»]\s*$", division.rest))
            title = [] if whole else self._title_lines(first)
            self._head(division.label, [*first, *title], division.level)
            return True
        if decree_part(line):
            self._leave_article()
            self._flush()
            return False
        if section_word(line) and (self._ended() or is_caps(line)):
            self._flush()
            self._at += 1
            self._head("", [section_word(line)], Level.TITLE)
            return True
        if named_title(line) and self._takes_title_run():
            return True
        new_page = self._page_start and is_caps(line) and act_title(line)
        if not (new_page or self._ended(short=True)):
            return False
        if is_caps(line) and not self._is_listed(line):
            self._takes_caps(line)
            return True
        return self._takes_title_run()

    def _takes_caps(self, line: str) -> None:
        self._flush()
        self._at += 1
        run = [line, *self._title_lines([line])]
        acts = [at for at, part in enumerate(run) if act_title(part)]
        if acts:
            self._article, self._divisions = 0, {}
            self._head("", run[acts[0] :], Level.ACT)
        else:
            self._head("", run, Level.SECTION)

    def _title_lines(self, taken: Sequence[str]) -> list[str]:
        """Take the lines that belong to the title which has begun."""
        found: list[str] = []
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

    def _takes_title_run(self) -> bool:
        """Take short lines that stand right above an article: its title."""
        run: list[str] = []
        for ahead in range(5):
            line = self._peek(ahead)
            if not line or line == PAGE_BREAK:
                return False
            if labels.article(line):
                break
            run.append(line)
        else:
            return False
        if not is_title_run(run):
            return False
        self._flush()
        self._at += len(run)
        self._head("", run, Level.SECTION)
        return True

    # -- items and paragraphs

    def _takes_mark(self, line: str) -> bool:
        found = labels.mark(line)
        over = self._ended()
        if found and self._is_item(found, ended=over):
            found = labels.mended(found, self._mark)
        elif over:
            found = labels.loose_mark(line, self._mark, opens=self._list_opens())
        else:
            found = None
        if not found:
            return False
        self._flush()
        self._start(Kind.ITEM, found)
        self._open.append(f"{found.text} {found.rest}".strip())
        self._at += 1
        return True

    def _is_item(self, found: labels.Mark, *, ended: bool) -> bool:
        if ended or found.family in {"P", "b"}:
            return True
        starts = capital(found.rest)
        if found.family in {"d", "r"}:
            return starts
        last = self._mark
        if last and labels.mended(found, last).rank == last.rank + 1 and found.family == last.family:
            return starts or found.punctuated
        return starts and (found.rank == 1 or found.follows(last)) and (found.punctuated or is_caps(found.rest))

    def _list_opens(self) -> bool:
        if self._open and self._open[-1].endswith(":"):
            return True
        for ahead in range(1, 8):
            found = labels.mark(self._peek(ahead))
            if found:
                return found.family == "l" and found.rank == 2
        return False

    def _takes_text(self, line: str) -> None:
        if self._open:
            above = self._open[-1]
            named = self._kind is Kind.ITEM and self._mark is not None and self._mark.family == "P"
            lone = len(self._open) == 1 and self._mark is not None and above == self._mark.text
            if (self._fresh and self._ends_above()) or (named and capital(line)):
                self._new_paragraph()
            elif not lone and is_label(above, line) and len(above) < SHORT * self._width:
                self._open[-1] = above if line.startswith(":") else f"{above}:"
            elif not lone and (self._fresh_gap() or breaks(self._open, line, self._width)):
                self._new_paragraph()
        self._open.append(line)
        self._fresh = False

    def _new_paragraph(self) -> None:
        last = self._mark
        self._flush()
        self._start(Kind.PARAGRAPH, last)

    # -- helpers

    def _fresh_gap(self) -> bool:
        return self._fresh and capital(self._peek(0))

    def _peek(self, ahead: int) -> str:
        at = self._at + ahead
        return self._lines[at] if at < len(self._lines) else ""

    def _ends_above(self) -> bool:
        return bool(self._open) and ended(self._open[-1])

    def _ended(self, *, short: bool = False) -> bool:
        if not self._open or self._fresh or self._ends_above():
            return True
        above = self._open[-1]
        if any(len(line) >= SHORT * self._width for line in self._open[:-1]):
            return False  # a torn line inside prose
        if goes_on_in_capitals(above, self._peek(0)):
            return False
        return short and len(above) < SHORT * self._width and not labels.dangling(above) and not above.endswith(",")

    def _opens_something(self, line: str) -> bool:
        return bool(
            labels.article(line)
            or labels.article_alone(line)
            or labels.division(line, dict(self._divisions))
            or section_word(line)
            or decree_part(line)
        )

    def _stands_alone(self, line: str) -> bool:
        """Say whether the line under a bare «Título II» is its title."""
        if len(line) > 110 or labels.mark(line) or has_finite_verb(line) or line.endswith((",", ";", ":")):
            return False
        following = self._peek(1)
        return not following or capital(following)

    def _is_listed(self, line: str) -> bool:
        """Say whether a line in capitals with a mark is an item, not a heading: «B) HOTELES», «1 ALIMENTOS» over «1.1»."""
        own, following = labels.mark(line), labels.mark(self._peek(1))
        if own is None:
            return self._article > 0 and following is not None
        return (own.family == "l" and self._article > 0) or (following is not None and following.family in {"d", "n"})

    def _leave_article(self) -> None:
        if self._article:
            self._flush()
            self._article = 0
            self._head("", [str(resource("es")["headings"]["decree"])], Level.TITLE)

    def _start(self, kind: Kind, mark: labels.Mark | None) -> None:
        self._kind, self._mark, self._fresh = kind, mark, False

    def _head(self, label: str, title: Sequence[str], level: int) -> None:
        text = sentence_case(joined(title), self._forms).strip(" \"'“”«»*.,:;-–")
        self.blocks.append(heading(f"{label}. {text}" if label and text else label or text, level))
        self._start(Kind.PARAGRAPH, None)
        self._fresh = True

    def _flush(self) -> None:
        if self._open:
            self.blocks.append(Block(self._kind, joined(self._open)))
            self._open = []
        self._kind = Kind.PARAGRAPH
