"""Blocks become passages that are understandable alone."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from munbot_llm.documents.blocks import Block, Kind
from munbot_llm.documents.labels import mark
from munbot_llm.documents.outline import Outline
from munbot_llm.documents.passages import Passage
from munbot_llm.documents.sentences import sentences
from munbot_llm.documents.titles import decree_part, sentence_case

PASSAGE_LIMIT = 1200
_LEAD_LIMIT = 400
_DEFINITION = re.compile(r"[A-ZÁÉÍÓÚÑ][^.:;]{2,90}: ")  # «Perro comunitario: perro que …» under «se entenderá por:»
_TELLING_HEADING = 4  # words


@dataclass(slots=True)
class _Section:
    headings: tuple[str, ...]
    blocks: list[Block] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is not torn apart if it fits: a paragraph, or an item with what belongs to it."""

    text: str
    lead: str  # the sentence that opens the enumeration it stands in
    part: bool = False  # a titled part of an article, which stands alone


def passages_of(document_id: str, title: str, blocks: Sequence[Block], *, limit: int = PASSAGE_LIMIT) -> list[Passage]:
    """Cut a document into passages of at most `limit` characters, never in mid-sentence.

    An article or section is never glued to another. A continued passage starts with the sentence that opens the article
    or the enumeration. A sentence beyond the limit is cut at its clauses.
    """
    passages: list[Passage] = []
    for section in _sections(blocks):
        for headings, text, questions in _texts(section, limit):
            article = headings[-1] if headings else ""
            passages.append(Passage(document_id, title, article, headings, text, len(passages), questions))
    return passages


def _sections(blocks: Iterable[Block]) -> Iterator[_Section]:
    outline = Outline()
    section = _Section(())
    for block in blocks:
        if block.kind is not Kind.HEADING:
            section.blocks.append(block)
            continue
        left = outline.open(block)
        if not section.blocks and left is not None:
            section.blocks.extend(_only_heading(left))
        if section.blocks:
            yield section
        section = _Section(outline.headings())
    if not section.blocks and outline.deepest:
        section.blocks.extend(_only_heading(outline.deepest))
    if section.blocks:
        yield section


def _only_heading(block: Block) -> Iterator[Block]:
    """Keep the words of a heading under which nothing stands, if it says something."""
    if len(block.text.split()) >= _TELLING_HEADING:
        yield Block(Kind.PARAGRAPH, block.text)


def _texts(section: _Section, limit: int) -> Iterator[tuple[tuple[str, ...], str, tuple[str, ...]]]:
    plain: list[Block] = []
    for block in section.blocks:
        if block.kind is not Kind.PAIR:
            plain.append(block)
            continue
        question = block.questions[0] if block.questions else ""
        for text in _packed([_Unit(block.text, "")], limit, ""):
            yield (*section.headings, question), text, block.questions
    for headings, units in _parts(section.headings, _units(plain)) if plain else ():
        opening = _opening(units)
        for text in _packed(units, limit, opening):
            yield headings, text, ()


def _units(blocks: Sequence[Block]) -> list[_Unit]:
    units: list[_Unit] = []
    leads = _Leads()
    for block in blocks:
        lead = leads.of(block)
        if units and units[-1].part and not _is_part(block):
            units[-1] = _Unit(f"{units[-1].text}\n{block.text}", units[-1].lead, part=True)
        else:
            units.append(_Unit(block.text, lead, part=_is_part(block)))
    return units


class _Leads:
    """Knows which sentences open the enumeration that a block belongs to."""

    def __init__(self) -> None:
        self._opening: str | None = None
        self._part_lead: str | None = None  # the same for all titled parts
        self._open: list[tuple[str, str]] = []  # the mark's family («» of a paragraph) and the sentence

    def of(self, block: Block) -> str:
        """Return the lead of a block and remember what it opens itself."""
        last = (sentences(block.text) or [""])[-1]
        if self._opening is None:
            self._opening = (sentences(block.text) or [""])[0]
        family = _family(block)
        if self._open and block.kind is Kind.PARAGRAPH and _DEFINITION.match(block.text):
            return self._whole(self._open[-1:], opening=False)
        if _is_part(block):
            if self._part_lead is None:
                self._part_lead = self._whole(self._open[:1])
            return self._part_lead
        while self._open and family and any(known == family for known, _ in self._open):
            self._open.pop()
        if not family:
            self._open = []
        lead = self._whole(self._open) if block.kind is not Kind.PARAGRAPH else ""
        if last.rstrip().endswith(":"):
            self._open.append((family, last))
        return lead

    def _whole(self, opened: Sequence[tuple[str, str]], *, opening: bool = True) -> str:
        """Join the article's opening and the enumeration's, the nearest first to stay when both are too long."""
        nearest = [text for _, text in opened]
        whole = "\n".join(dict.fromkeys([self._opening or "", *nearest] if opening else nearest))
        for text in (whole, "\n".join(nearest), *reversed(nearest)):
            if len(text) <= _LEAD_LIMIT:
                return text
        return ""


def _family(block: Block) -> str:
    found = mark(block.text) if block.kind is Kind.ITEM else None
    if not found:
        return "" if block.kind is Kind.PARAGRAPH else "b"
    return found.family.upper() if found.family == "l" and found.text.strip("( ")[:1].isupper() else found.family


def _is_part(block: Block) -> bool:
    found = mark(block.text) if block.kind is Kind.ITEM else None
    return bool(
        found and (found.family == "P" or (found.family == "l" and found.titled and not decree_part(block.text)))
    )


def _parts(headings: tuple[str, ...], units: list[_Unit]) -> Iterator[tuple[tuple[str, ...], list[_Unit]]]:
    """Let every titled part of an article stand alone, its opening sentence before it."""
    if not headings or not any(unit.part for unit in units):
        yield headings, units
        return
    opening = _opening(units)
    before: list[_Unit] = []
    for unit in units:
        if not unit.part:
            before.append(unit)
            continue
        if before:
            yield headings, before
            before = []
        lead = unit.lead or opening
        yield (
            (*headings[:-1], f"{headings[-1]}. {_part_name(unit.text)}"),
            [_Unit(f"{lead}\n{unit.text}".strip(), lead)],
        )
    if before:
        yield headings, before


def _part_name(text: str) -> str:
    line = text.split("\n", 1)[0]
    found = mark(line)
    if found and found.family != "P":
        capitals = re.match(r"(?:[A-ZÁÉÍÓÚÑ]+\b[ ,]*)+(?![a-záéíóúñ])", found.rest)
        line = f"{found.text} {sentence_case(capitals[0].strip(' ,'), Counter())}" if capitals else line
    return line.rstrip(" .-:,")


def _opening(units: Sequence[_Unit]) -> str:
    first = (sentences(units[0].text) or [""])[0] if units else ""
    return first if len(first) <= _LEAD_LIMIT else ""


def _packed(units: Sequence[_Unit], limit: int, opening: str) -> Iterator[str]:
    """Put units together, evenly, each passage after the first with its lead."""
    total = sum(len(unit.text) + 1 for unit in units)
    if total - 1 <= limit:
        yield "\n".join(unit.text for unit in units)
        return
    pieces = [piece for unit in units for piece in _torn(unit, limit, opening)]
    room = limit - min(_LEAD_LIMIT, max((len(piece.lead) for piece in pieces), default=0) + 1)
    target = total / max(1, -(-total // max(room, 1)))
    text = ""
    for piece in pieces:
        if text and (len(text) + 1 + len(piece.text) > limit or len(text) >= target):
            yield text
            text = ""
        if text:
            text = f"{text}\n{piece.text}"
        else:
            lead = piece.lead
            fits = lead and lead not in piece.text and len(lead) + 1 + len(piece.text) <= limit
            text = f"{lead}\n{piece.text}" if fits else piece.text
    if text:
        yield text


def _torn(unit: _Unit, limit: int, opening: str) -> Iterator[_Unit]:
    """Tear a unit that is too long at its sentences, and a sentence that is too long at its clauses."""
    lead = unit.lead if 0 < len(unit.lead) <= _LEAD_LIMIT else opening
    lead = lead if len(lead) < limit // 2 else ""
    if len(unit.text) + len(lead) + 1 <= limit:
        yield _Unit(unit.text, lead)
        return
    room = limit - len(lead) - 1
    text = ""
    for line in unit.text.split("\n"):
        joint = "\n"
        for sentence in sentences(line):
            for clause in _clauses(sentence, room):
                if text and len(text) + 1 + len(clause) > room:
                    yield _Unit(text, lead)
                    text = clause
                else:
                    text = f"{text}{joint}{clause}" if text else clause
                joint = " "
    if text:
        yield _Unit(text, lead)


def _clauses(sentence: str, room: int) -> Iterator[str]:
    while len(sentence) > room:
        cut = -1
        for marks in (r"[;:](?=\s)", r",(?=\s)", r"(?=\s)"):
            cut = max((found.end() for found in re.finditer(marks, sentence[: room - 1])), default=-1)
            if cut > room // 3:
                break
        cut = cut if cut > 0 else room
        yield sentence[:cut].strip()
        sentence = sentence[cut:].strip()
    if sentence:
        yield sentence
