"""Lines become blocks: paragraphs joined again, items, articles and headings told apart.

Works on text whose line breaks mean little (OCR, PDF, mails). A line that ends early, a mark, a label or an empty line
starts something new; everything else continues what is above.
"""

import re
from collections import Counter
from collections.abc import Sequence

from munbot_llm.documents import labels
from munbot_llm.documents.blocks import Block, Kind, Level, heading
from munbot_llm.documents.lines import PAGE_BREAK, SHORT, breaks, capital, ended, goes_on_in_capitals, is_label, joined
from munbot_llm.documents.lookahead import Lookahead
from munbot_llm.documents.titles import (
    act_title,
    decree_part,
    is_caps,
    letterhead,
    named_title,
    section_word,
    sentence_case,
)
from munbot_llm.documents.words import resource

_FARTHEST_ARTICLE = 40  # numbers that may be missing between two articles: scans lose pages


class Assembler(Lookahead):
    """Takes lines one by one and keeps the blocks made of them; blocks among the lines stay as they are."""

    def __init__(self, lines: Sequence[str | Block], forms: "Counter[str] | None" = None) -> None:
        super().__init__(lines, forms or Counter())
        self._open: list[str] = []  # the lines of the present paragraph or item
        self._kind = Kind.PARAGRAPH
        self._mark: labels.Mark | None = None
        self._fresh = True  # nothing above continues here
        self._page_start = False
        self._prose = False  # a full line stands before the last open one
        self.blocks: list[Block] = []

    def run(self) -> list[Block]:
        """Return the blocks of all lines."""
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if isinstance(line, Block):
                self._takes_block(line)
                continue
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

    def _takes_block(self, block: Block) -> None:
        self._flush()
        self._start(Kind.PARAGRAPH, None)
        self._fresh = True
        self.blocks.append(block)
        self._at += 1

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

    # -- headings

    def _takes_heading(self, line: str) -> bool:
        division = labels.division(line, self._divisions)
        if division:
            self._takes_division(division)
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
        return self._takes_unnamed_heading(line)

    def _takes_division(self, division: labels.Division) -> None:
        self._flush()
        self._at += 1
        first = [division.rest] if division.rest else []
        whole = bool(re.search(r"[.\"”»]\s*$", division.rest))
        title = [] if whole else self._title_lines(first)
        self._head(division.label, [*first, *title], division.level)

    def _takes_unnamed_heading(self, line: str) -> bool:
        if named_title(line) and self._takes_title_run():
            return True
        new_page = self._page_start and is_caps(line) and act_title(line)
        if not (new_page or self._ended(short=True)):
            return False
        if is_caps(line) and not self._is_listed(line):
            self._takes_caps(line)
            return True
        if self._fresh and self._is_lone_title(line):
            self._flush()
            self._at += 1
            self._head("", [line], Level.PART)
            return True
        return self._takes_title_run()

    def _takes_caps(self, line: str) -> None:
        self._flush()
        self._at += 1
        run = [line, *self._title_lines([line])]
        acts = [at for at, part in enumerate(run) if act_title(part)]
        if not acts:
            self._head("", run, Level.SECTION)
            return
        self._article, self._divisions = 0, {}
        office = all(letterhead(part) for part in run[: acts[0]])
        self._head("", run[acts[0] :] if office else run, Level.ACT)

    def _takes_title_run(self) -> bool:
        run, taken = self._title_run()
        if not run:
            return False
        self._flush()
        self._at += taken
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
            return starts and not (self._open and labels.dangling(self._open[-1]))
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
            elif not lone and (self._fresh_gap() or breaks(above, line, self._width, prose=self._prose)):
                self._new_paragraph()
        if self._open and len(self._open[-1]) >= SHORT * self._width:
            self._prose = True
        self._open.append(line)
        self._fresh = False

    def _new_paragraph(self) -> None:
        last = self._mark
        self._flush()
        self._start(Kind.PARAGRAPH, last)

    # -- helpers

    def _fresh_gap(self) -> bool:
        return self._fresh and capital(self._peek(0))

    def _ends_above(self) -> bool:
        return bool(self._open) and ended(self._open[-1])

    def _ended(self, *, short: bool = False) -> bool:
        if not self._open or self._fresh or self._ends_above():
            return True
        above = self._open[-1]
        if self._prose:
            return False  # a torn line
        if goes_on_in_capitals(above, self._peek(0)):
            return False
        return short and len(above) < SHORT * self._width and not labels.dangling(above) and not above.endswith(",")

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
        self._prose = False
        self._kind = Kind.PARAGRAPH
