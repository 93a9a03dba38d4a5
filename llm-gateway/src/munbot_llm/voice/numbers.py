"""Numbers read aloud, as digits where there is no doubt: a RUT whose check digit fits, and long runs of digits.

Everything else stays as the model wrote it: «quince millones» of what, is not for us to say.
"""

import re
from dataclasses import dataclass

from munbot_common.chile import normalise_rut

from munbot_llm.voice.words import number_words, plain

MIN_RUN = 6
"""So many digits, said one by one, are a number. Fewer may be counting."""

_TOKEN = re.compile(r"[0-9]+(?:\.[0-9]{3})+|[0-9]+|[^\W0-9]+|[-–]")
_BETWEEN = re.compile(r"[\s,]*")
_RUT = range(1_000_000, 100_000_000)


@dataclass(frozen=True, slots=True)
class _Token:
    word: str
    start: int
    end: int


def as_digits(text: str) -> str:
    """Return `text` with RUTs and long runs of digits written as digits."""
    tokens = [
        _Token(match[0] if _is_number(match[0]) else plain(match[0]) or "-", match.start(), match.end())
        for match in _TOKEN.finditer(text)
    ]
    pieces: list[str] = []
    position, index = 0, 0
    while index < len(tokens):
        found = _Reader(text, tokens).number_at(index)
        if found is None:
            index += 1
            continue
        digits, after = found
        pieces += [text[position : tokens[index].start], digits]
        position, index = tokens[after - 1].end, after
    return "".join(pieces) + text[position:]


def _is_number(word: str) -> bool:
    return "0" <= word[:1] <= "9"


class _Reader:
    """Reads numbers out of tokens; every `_x(i)` returns what it found and the index after it, or None."""

    def __init__(self, text: str, tokens: list[_Token]) -> None:
        self._text = text
        self._tokens = tokens
        self._words = number_words()

    def number_at(self, index: int) -> tuple[str, int] | None:
        """Return a RUT or a long run of digits that begins here, as digits; never the tail of a longer number."""
        if index and self._is_part(index - 1):
            return None
        run, after = self._run(index)
        amount = self._amount(index)
        for number, end in ((run, after), *([amount] if amount else [])):
            if number.isdigit() and int(number) in _RUT and (rut := self._with_check_digit(number, end)):
                return rut
        return (run, after) if after - index >= MIN_RUN else None

    def _word(self, index: int, *, first: bool = False) -> str:
        """Return the word at `index` if it follows its predecessor directly; else nothing."""
        if index >= len(self._tokens):
            return ""
        token = self._tokens[index]
        if not first and not _BETWEEN.fullmatch(self._text, self._tokens[index - 1].end, token.start):
            return ""
        return token.word

    def _is_part(self, index: int) -> bool:
        """Whether the word at `index` belongs to a number."""
        words, word = self._words, self._tokens[index].word
        if word == words.joiner and index:  # «cuarenta y tres»
            word = self._tokens[index - 1].word
        kinds = (words.digits, words.units, words.tens, words.hundreds, words.millions, {words.thousand})
        return _is_number(word) or any(word in kind for kind in kinds)

    def _run(self, start: int) -> tuple[str, int]:
        """Return digits that are said one by one."""
        digits, index = "", start
        while word := self._word(index, first=index == start):
            if len(word) == 1 and _is_number(word):
                digits += word
            elif word in self._words.digits:
                digits += str(self._words.digits[word])
            else:
                break
            index += 1
        return digits, index

    def _amount(self, index: int) -> tuple[str, int] | None:
        """Return a number of millions, as digits or words or both: «15 millones 482 mil novecientos tres»."""
        word = self._word(index, first=True)
        if _is_number(word) and int(word.replace(".", "")) in _RUT:
            return word.replace(".", ""), index + 1
        millions = self._below_thousand(index, first=True)
        if millions is None or self._word(millions[1]) not in self._words.millions:
            return None
        total, after = millions[0] * 1_000_000, millions[1] + 1
        thousands = self._below_thousand(after)
        if thousands and self._word(thousands[1]) == self._words.thousand:
            total, after = total + thousands[0] * 1000, thousands[1] + 1
        elif self._word(after) == self._words.thousand:
            total, after = total + 1000, after + 1
        if rest := self._below_thousand(after):
            total, after = total + rest[0], rest[1]
        return str(total), after

    def _below_thousand(self, index: int, *, first: bool = False) -> tuple[int, int] | None:
        """Return a number from 1 to 999."""
        word = self._word(index, first=first)
        if _is_number(word):
            return (int(word), index + 1) if word.isdigit() and 0 < int(word) < 1000 else None
        total = 0
        if word in self._words.hundreds:
            total, index = self._words.hundreds[word], index + 1
            word = self._word(index)
        if word in self._words.units:
            return total + self._words.units[word], index + 1
        if word in self._words.tens:
            total, index = total + self._words.tens[word], index + 1
            digit = self._words.digits.get(self._word(index + 1), 0)
            if self._word(index) == self._words.joiner and digit:
                return total + digit, index + 2
        return (total, index) if total else None

    def _with_check_digit(self, number: str, index: int) -> tuple[str, int] | None:
        """Return the RUT of a number that is followed by a dash and its check digit."""
        digit = self._word(index + 1)
        if self._word(index) not in self._words.dash or not digit:
            return None
        digit = "K" if digit in self._words.k else str(self._words.digits.get(digit, digit))
        try:
            return normalise_rut(f"{number}-{digit}"), index + 2
        except ValueError:
            return None
