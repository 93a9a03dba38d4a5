"""Lines become blocks: paragraphs joined again, items, articles and headings told apart.

Works on text whose line breaks mean little (OCR, PDF, mails). A line that ends early, a mark, a label or an empty line
starts something new; everything else continues what is above.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from munbot_llm.documents import labels
from munbot_llm.documents.blocks import Block, Kind, Level, heading
from munbot_llm.documents.text import folded
from munbot_llm.documents.titles import (
    act_title,
    decree_part,
    is_caps,
    is_title_run,
    section_word,
    sentence_case,
)

PAGE_BREAK = "\f"
_ENDED = re.compile(r"[.:;!?…]-?[\"'”’»)\]*]*$")
_SHORT = 0.8  # of the usual width: such a line ended on purpose
_MOST_TITLE_LINES = 6
_SCHEDULE = re.compile(r"^(?::|(?:Desde|De|Hasta|A las)\b.*\d)")


class Assembler:
    """Takes lines one by one and keeps the blocks made of them."""

    def __init__(self, lines: Sequence[str], forms: "Counter[str] | None" = None) -> None:
        self._lines = lines
        self._forms = forms or Counter()
        self._at = 0
        self._width = _usual_width(lines)
        self._open: list[str] = []  # the lines of the present paragraph or item
        self._kind = Kind.PARAGRAPH
        self._mark: labels.Mark | None = None
        self._article = 0
        self._divisions: dict[Level, int] = {}
        self._fresh = True  # nothing above continues here
        self.blocks: list[Block] = []

    def run(self) -> list[Block]:
        """Return the blocks of all lines."""
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if not line or line == PAGE_BREAK:
                self._gap(line)
                self._at += 1
            elif not (self._takes_article(line) or self._takes_heading(line) or self._takes_mark(line)):
                self._takes_text(line)
                self._at += 1
        self._flush()
        return self.blocks

    # -- what a line may be

    def _takes_article(self, line: str) -> bool:
        if labels.article_alone(line):
            return self._takes_article_alone(line)
        found = labels.article(line, self._before())
        if not found or not self._in_sequence(found):
            return False
        self._opens_article(found)
        self._at += 1
        return True

    def _takes_article_alone(self, line: str) -> bool:
        following = self._peek(1)
        joined = labels.article(f"Artículo {following}")
        if joined and self._in_sequence(joined):
            self._opens_article(joined)
            self._at += 2
            return True
        if self._article and re.match(r"[A-ZÁÉÍÓÚÑ]", following):  # the number was lost: the one that is due
            number = self._article + 1
            self._opens_article(labels.Article(number, f"Artículo {number}°", "", firm=True, quoted=False))
            self._at += 1
            return True
        return False

    def _in_sequence(self, found: labels.Article) -> bool:
        if found.quoted or found.number == 1 or "transitorio" in found.label:
            return True
        if found.number == self._article:
            return "bis" in found.label or "ter" in found.label
        if self._article < found.number <= self._article + 40:
            return True
        return found.firm and self._article == 0

    def _opens_article(self, found: labels.Article) -> None:
        self._flush()
        self._article = found.number
        self.blocks.append(heading(found.label, Level.ARTICLE))
        self._start(Kind.PARAGRAPH, None)
        if found.rest:
            self._open.append(found.rest)

    def _takes_heading(self, line: str) -> bool:
        division = labels.division(line, self._divisions)
        if division:
            self._flush()
            self._at += 1
            first = [division.rest] if division.rest else []
            title = [] if _whole(division.rest) else self._title_lines(first, any_case=not division.rest)
            self._head(division.label, [*first, *title], division.level)
            return True
        ended = self._ended()
        if decree_part(line):
            self._leave_article()
            return False
        named = section_word(line)
        if named and (ended or is_caps(line)):
            self._flush()
            self._at += 1
            self._head("", [named], Level.TITLE)
            return True
        if ended and is_caps(line) and not self._list_follows(line):
            return self._takes_caps()
        return bool(ended and self._takes_title_run())

    def _takes_caps(self) -> bool:
        first = self._lines[self._at]
        level = Level.ACT if act_title(first) else Level.SECTION
        self._flush()
        self._at += 1
        rest = self._title_lines([first], any_case=False)
        if level is Level.ACT or act_title(" ".join([first, *rest])):
            level = Level.ACT
            self._article, self._divisions = 0, {}
        self._head("", [first, *rest], level)
        return True

    def _title_lines(self, taken: list[str], *, any_case: bool) -> list[str]:
        """Take the lines that belong to the title which has begun."""
        found: list[str] = []
        while len(found) < _MOST_TITLE_LINES:
            line = self._peek(0)
            if not line or self._opens_something(line):
                break
            if not is_caps(line) and not (any_case and not found and not taken and self._stands_alone(line)):
                break
            found.append(line)
            self._at += 1
            if _whole(line) or not is_caps(line):
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

    def _takes_mark(self, line: str) -> bool:
        found = labels.mark(line)
        ended = self._ended()
        if found and not self._is_item(found, ended=ended):
            found = None
        if not found and ended:
            found = labels.loose_mark(line, self._mark)
        if not found:
            return False
        self._flush()
        self._start(Kind.ITEM, found)
        self._open.append(f"{found.text} {found.rest}".strip())
        self._at += 1
        return True

    def _is_item(self, found: labels.Mark, *, ended: bool) -> bool:
        last = self._mark
        if found.family in {"P", "b"} or ended:
            return True
        if last and found.family == last.family and found.rank == last.rank + 1:
            return True
        return found.rank == 1 and found.family in {"l", "L"} and bool(found.rest)

    def _takes_text(self, line: str) -> None:
        if self._open and self._breaks_here(line):
            kind, mark = self._kind, self._mark
            self._flush()
            self._start(Kind.PARAGRAPH, mark if kind is Kind.ITEM or mark else None)
        self._open.append(line)
        self._fresh = False

    def _breaks_here(self, line: str) -> bool:
        above = self._open[-1]
        capital = bool(re.match(r"[\"'“«(¿¡]?[A-ZÁÉÍÓÚÑ0-9]", line))
        if not capital or (len(self._open) == 1 and self._mark and above == self._mark.text):
            return self._fresh and bool(_ENDED.search(above))
        if self._fresh or (_ENDED.search(above) and (above.endswith(":") or len(above) < _SHORT * self._width)):
            return True
        if _SCHEDULE.match(line) and len(above) < _SHORT * self._width and len(above.split()) <= 4:
            self._open[-1] = f"{above}:" if not line.startswith(":") else above
            return False
        dangling = folded(above).split()[-1] in {
            "de",
            "del",
            "la",
            "el",
            "y",
            "a",
            "en",
            "n°",
            "los",
            "las",
            "con",
            "por",
        }
        return len(above) < _SHORT * self._width and not dangling

    # -- helpers

    def _gap(self, line: str) -> None:
        if line == PAGE_BREAK:
            self._fresh = bool(self._open) and bool(_ENDED.search(self._open[-1]))
        else:
            self._fresh = True

    def _peek(self, ahead: int) -> str:
        at = self._at + ahead
        return self._lines[at] if at < len(self._lines) else ""

    def _before(self) -> str:
        return self._open[-1] if self._open else ""

    def _ended(self) -> bool:
        return not self._open or self._fresh or bool(_ENDED.search(self._open[-1]))

    def _opens_something(self, line: str) -> bool:
        return bool(
            labels.article(line)
            or labels.article_alone(line)
            or labels.division(line, dict(self._divisions))
            or section_word(line)
            or decree_part(line)
        )

    def _stands_alone(self, line: str) -> bool:
        following = self._peek(1)
        return len(line) < _SHORT * self._width and (not following or self._opens_something(following) or is_caps(line))

    def _list_follows(self, line: str) -> bool:
        """Say whether a numbered line in capitals is an item with sub-items, not a heading."""
        own, following = labels.mark(line), labels.mark(self._peek(1))
        if own is None and not re.match(r"\d{1,2}\.? ", line):
            return False
        return bool(following and following.family == "d")

    def _leave_article(self) -> None:
        if self._article:
            self._flush()
            self._article = 0
            self._head("", ["Decreto"], Level.TITLE)

    def _start(self, kind: Kind, mark: labels.Mark | None) -> None:
        self._kind, self._mark, self._fresh = kind, mark, False

    def _head(self, label: str, title: list[str], level: int) -> None:
        text = sentence_case(join_lines(title), self._forms).strip(" \"'“”«»*.,:;-–")
        self.blocks.append(heading(f"{label}. {text}" if label and text else label or text, level))
        self._start(Kind.PARAGRAPH, None)
        self._fresh = True

    def _flush(self) -> None:
        if self._open:
            self.blocks.append(Block(self._kind, join_lines(self._open)))
            self._open = []
        self._kind = Kind.PARAGRAPH


def _whole(line: str) -> bool:
    return bool(re.search(r"[.\"”»]\s*$", line))


def join_lines(lines: Iterable[str]) -> str:
    """Join the lines of a paragraph; a word that was hyphenated at a line's end is made whole."""
    text = ""
    for line in lines:
        if re.search(r"[a-záéíóúñ]-$", text) and re.match(r"[a-záéíóúñ]", line):
            text = text[:-1] + line
        else:
            text = f"{text} {line}" if text else line
    return re.sub(r" +([,;:.](?=\s|$))", r"\1", " ".join(text.split()))


def _usual_width(lines: Sequence[str]) -> int:
    """Return the width of a full line: the ninth decile of those that are no labels."""
    widths = sorted(len(line) for line in lines if len(line) > 20)
    return widths[len(widths) * 9 // 10] if widths else 0
