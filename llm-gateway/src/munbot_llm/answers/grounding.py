"""The guard of generated answers: what a model wrote is shown only where the passages say it.

A model may rephrase, never add. Every number, amount, date, hour, telephone, address of the web, RUT and name must be
in one passage; a denial must be a denial there too, a limit the same limit; ideas such as «gratis» or «prohibido» must
be the passage's own; the words must be mostly its words, in Spanish, without traces of the prompt. Whatever fails is
not repaired: the answer is then quoted from the document instead. Pure functions.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from munbot_llm.answers.grounding_claims import Sentence, bigrams, unsupported_claim
from munbot_llm.answers.grounding_facts import Value, clean
from munbot_llm.answers.grounding_values import values
from munbot_llm.answers.grounding_words import grounding, suspicious_pattern, word_list
from munbot_llm.documents.passages import Passage
from munbot_llm.documents.sentences import sentences
from munbot_llm.retrieval.text import fold, words

MAX_CHARACTERS = 900
_MIN_WORDS = 3
_MIN_SPANISH = 0.1  # share of the words that are small Spanish ones
_REPEATS = 3  # the same four words so often are a loop
_STRAY_BREAKS = 2  # zero-width spaces; a word or two broken by a web page are nothing
_HIDDEN = re.compile(r"[\u200c-\u200f\u202a-\u202e\u2060-\u2069\U000e0000-\U000e007f]")


@dataclass(frozen=True)
class Verdict:
    """What the guard says.

    Attributes:
        ok: the text may be shown.
        reason: stable English code of the first objection, with what it is about; empty when `ok`.
    """

    ok: bool
    reason: str = ""


@dataclass(frozen=True)
class Evidence:
    """One passage, read once.

    Attributes:
        text: all its words: the document's title, its headings, the ways of asking, its text.
    """

    text: str

    @classmethod
    def of(cls, passage: Passage) -> "Evidence":
        """Read a passage."""
        return cls(clean("\n".join([passage.document, *passage.headings, passage.text])))

    @cached_property
    def values(self) -> list[Value]:
        """Return its facts."""
        return values(self.text)

    @cached_property
    def facts_of_sentences(self) -> list[list[Value]]:
        """Return each sentence's facts."""
        return [values(text) for text in sentences(self.text)]

    @cached_property
    def words(self) -> frozenset[str]:
        """Return its words, folded."""
        return frozenset(words(self.text))

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Return its words in twos, small words left out."""
        return frozenset(bigrams(words(self.text)))

    @cached_property
    def sentences(self) -> list[Sentence]:
        """Return its sentences."""
        return [Sentence.of(text) for text in sentences(self.text)]


def is_suspicious(text: str) -> bool:
    """Tell whether a text speaks to a machine («ignore las instrucciones», «el asistente debe…», hidden characters)."""
    broken = text.count("\u200b") > _STRAY_BREAKS
    return broken or _HIDDEN.search(text) is not None or suspicious_pattern().search(clean(text)) is not None


def check(text: str, passages: Sequence[Passage], *, in_its_words: bool = True) -> Verdict:
    """Judge a generated answer.

    Args:
        text: what the model wrote.
        passages: what it was given; each sentence must be borne out by one of them.
        in_its_words: whether denials, limits, ideas and most words must be the passage's too. A summary has words of
            its own; its facts and names must occur all the same.
    """
    objection = _form(text) or _language(text)
    if objection:
        return Verdict(ok=False, reason=objection)
    evidence = [Evidence.of(passage) for passage in passages]
    for written in _pieces(text):
        reasons = [_unsupported(written, one, in_its_words=in_its_words) for one in evidence] or ["no_passages"]
        if all(reasons):
            return Verdict(ok=False, reason=next(reason for reason in reasons if reason))
    return Verdict(ok=True)


def _pieces(text: str) -> list[str]:
    """Cut at every full stop, even of an abbreviation: a small piece is judged more strictly than a large one."""
    return [piece for piece in re.split(r"(?<=[.!?;])\s+|\n", clean(text).strip()) if words(piece)]


def borne_out_by(text: str, passages: Sequence[Passage]) -> list[Passage]:
    """Return the passages that an answer which passed stands on, in their order: for each sentence the first."""
    evidence = [Evidence.of(passage) for passage in passages]
    needed: set[int] = set()
    for written in _pieces(text):
        bearing = (place for place, one in enumerate(evidence) if not _unsupported(written, one, in_its_words=True))
        needed.update([next(bearing, 0)])
    return [passages[place] for place in sorted(needed)]


def _form(text: str) -> str:
    """Object to length, traces of a prompt, a sentence cut short, loops."""
    stripped = text.strip()
    count = len(words(stripped))
    if len(stripped) > MAX_CHARACTERS or count < _MIN_WORDS:
        return "length"
    if is_suspicious(text):
        return "speaks_to_a_machine"
    folded = fold(stripped)
    for trace in grounding()["leftovers"]:
        if trace in folded:
            return f"leftover:{trace}"
    if stripped[-1] not in '.!?»)"':
        return "cut_short"
    spoken = words(stripped)
    fours = [tuple(spoken[place : place + 4]) for place in range(len(spoken) - 3)]
    if any(fours.count(four) >= _REPEATS for four in set(fours)):
        return "loop"
    return ""


def _language(text: str) -> str:
    spoken = words(text)
    spanish = sum(word in word_list("spanish") for word in spoken)
    foreign = sum(word in word_list("foreign") - word_list("spanish") for word in spoken)
    if foreign > max(1, spanish // 4) or spanish < max(1, int(_MIN_SPANISH * len(spoken))):
        return "language"
    if set(text.casefold()) & set("ãõçêàèœß"):
        return "language"
    letters = [character for character in text if character.isalpha()]
    if any(not ("a" <= fold(letter)[:1] <= "z" or fold(letter) == "ñ") for letter in letters):
        return "language"
    return ""


def _unsupported(written: str, evidence: Evidence, *, in_its_words: bool) -> str:
    """Return why a passage does not bear a sentence out, empty when it does."""
    facts = values(written)
    if missing := _missing(facts, evidence.values):
        return f"value:{missing}"
    name = _strange_name(written, evidence)
    if name or not in_its_words:
        return name
    claim = Sentence.of(written)
    holding = [place for place, sentence in enumerate(evidence.sentences) if claim.within(sentence)]
    if facts and holding and all(_missing(facts, evidence.facts_of_sentences[place]) for place in holding):
        return "value:of another sentence"
    return unsupported_claim(claim, evidence.sentences, evidence.words, has_facts=bool(facts))


def _missing(facts: Sequence[Value], there: Sequence[Value]) -> Value | None:
    """Return a fact that is not there, or is said more often than it is there."""
    for value in facts:
        same = [other for other in there if _is(value, other)]
        if not same or sum(_is(value, other) for other in facts) > len(same):
            return value
    return None


def _is(value: Value, other: Value) -> bool:
    """Tell whether what was written is the fact `other` of the passage."""
    same = {
        "url": _same_url,
        "date": _same_date,
        "month": _same_month,
        "time": _same_time,
        "hours": _same_time,
        "quantity": _same_quantity,
        "ordinal": _same_ordinal,
        "weekdays": _same_days,
    }.get(value.kind, _same)
    return same(value, other)


def _same(value: Value, other: Value) -> bool:
    return (value.kind, value.value, value.unit) == (other.kind, other.value, other.unit)


def _same_url(value: Value, other: Value) -> bool:
    wanted, own = str(value.value[0]), str(other.value[0])
    return other.kind == "url" and (wanted == own or ("/" not in wanted and own.startswith(f"{wanted}/")))


def _same_date(value: Value, other: Value) -> bool:
    same = other.kind == "date" and other.value[:2] == value.value[:2] and value.value[2] in (None, other.value[2])
    return same and value.bound == other.bound


def _same_days(value: Value, other: Value) -> bool:
    return other.kind == "weekdays" and set(value.value) <= set(other.value)


def _same_month(value: Value, other: Value) -> bool:
    return (other.kind == "month" and other.value == value.value) or (
        other.kind == "date" and other.value[1] == value.value[0]
    )


def _same_ordinal(value: Value, other: Value) -> bool:
    return other.kind in {"ordinal", "quantity"} and str(other.value[0]) == str(value.value[0])


def _same_time(value: Value, other: Value) -> bool:
    if value.bound != other.bound:
        return False
    if value.kind == "hours":
        hours = value.value[0]
        return (
            (other.kind == "time" and other.value[0] == int(str(hours)) * 60)
            or (other.kind == "hours" and other.value[0] == hours)
            or (other.kind == "quantity" and other.unit == "hour" and other.value[0] == str(hours))
        )
    return (other.kind == "time" and other.value == value.value) or (
        other.kind == "hours" and int(str(other.value[0])) * 60 == value.value[0]
    )


def _same_quantity(value: Value, other: Value) -> bool:
    if other.kind == "hours":
        return value.unit == "hour" and value.value[0] == str(other.value[0]) and value.bound == other.bound
    if other.kind == "ordinal":
        return not value.unit and value.value[0] == str(other.value[0])
    if other.kind != "quantity" or other.value != value.value or value.bound != other.bound:
        return False
    if value.unit or other.unit:
        return value.unit == other.unit
    return bool(value.around & other.around) or not value.around


def _strange_name(written: str, evidence: Evidence) -> str:
    """Return a name that the passage does not have."""
    previous = ""
    for match in re.finditer(r"[^\W\d_]+|[.!?:¿¡«\"\n(]", written):
        token = match.group()
        if not token[0].isalpha():
            previous = ""
            continue
        folded = fold(token)
        is_name = token[0].isupper() and (match.start() > 0 and _inside(written, match.start()))
        if folded in word_list("joiners") | grounding()["units"].keys() or token in {"U", "T", "M", "F"}:
            continue
        if (is_name or fold(previous) in word_list("titles")) and folded not in evidence.words | word_list("polite"):
            return f"name:{token}"
        follows = previous[:1].isupper() and fold(previous) not in word_list("polite")
        if is_name and follows and (fold(previous), folded) not in evidence.pairs and len(previous) > 1:
            return f"name:{previous} {token}"
        previous = token
    return ""


def _inside(written: str, place: int) -> bool:
    """Tell whether a word stands inside a sentence, where only names have capitals."""
    before = written[:place].rstrip(' «"(¿¡')
    return bool(before) and before[-1] not in ".!?:\n"
