"""Tokeniser: any text becomes one canonical line, with a way back to the offsets it came from."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from munbot_actions.spanish_dates.vocabulary import NUMBERS, UNITS_WORDS, fold, usual_form

_TOKEN = re.compile(r"[0-9]+|[^\W0-9_]+(?:['’´`][^\W0-9_]+)?['’´`]?|[^\w\s]|_")
_APOSTROPHES = str.maketrans("’´`", "'''")
_TENS = {30, 40, 50}


@dataclass(frozen=True, slots=True)
class Token:
    """A canonical word and where it stood in the text."""

    form: str
    start: int
    end: int
    raw: str

    @property
    def is_word(self) -> bool:
        """Tell a word from a number or a sign."""
        return self.raw[:1].isalpha()


@dataclass(frozen=True, slots=True)
class Canonical:
    """The canonical line: folded words, single spaces, signs kept against their neighbours."""

    text: str
    starts: tuple[int, ...]
    tokens: tuple[Token, ...]

    def token_at(self, offset: int) -> int:
        """Give the index of the token that covers a canonical offset."""
        return max(0, bisect_right(self.starts, offset) - 1)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Translate a canonical span into offsets of the text as typed."""
        return self.tokens[self.token_at(start)].start, self.tokens[self.token_at(end - 1)].end


def tokenise(text: str) -> list[Token]:
    """Split a text into canonical tokens; «treinta y uno» is one token."""
    tokens: list[Token] = []
    for match in _TOKEN.finditer(text):
        raw = match.group()
        form = usual_form(fold(raw).translate(_APOSTROPHES)) if raw[0].isalpha() else raw
        if not form:
            continue
        token = Token(form, match.start(), match.end(), raw)
        merged = _merge_number(tokens, token)
        if merged is None:
            tokens.append(token)
        else:
            tokens[-2:] = [merged]
    return tokens


def _merge_number(tokens: list[Token], unit: Token) -> Token | None:
    if len(tokens) < 2 or tokens[-1].form != "y" or not unit.is_word:
        return None
    tens = NUMBERS.get(fold(tokens[-2].raw))
    unit_value = UNITS_WORDS.get(fold(unit.raw))
    if tens not in _TENS or not unit_value or not tokens[-2].is_word:
        return None
    return Token(str(tens + unit_value), tokens[-2].start, unit.end, tokens[-2].raw)


def canonical(text: str) -> Canonical:
    """Build the canonical line: «Pal JUEVEZ  a las 15hrs» becomes «para el jueves a las 15 hrs»."""
    tokens = tokenise(text)
    pieces: list[str] = []
    starts: list[int] = []
    length, previous = 0, None
    for token in tokens:
        if previous is not None and _apart(previous, token):
            pieces.append(" ")
            length += 1
        starts.append(length)
        pieces.append(token.form)
        length += len(token.form)
        previous = token
    return Canonical("".join(pieces), tuple(starts), tuple(tokens))


def _apart(left: Token, right: Token) -> bool:
    touching = left.end == right.start
    return not touching or (left.form[-1].isalnum() and right.form[0].isalnum())
