"""What a sentence claims beyond its figures: whether it denies, what it excepts, of what matter it speaks."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from munbot_llm.answers.grounding_words import grounding, phrase_pattern, word_list
from munbot_llm.retrieval.lexical import concepts
from munbot_llm.retrieval.text import fold, function_words, stem, words

_ADDRESS = re.compile(r"\S+@\S+|\S+://\S+|\bwww\.\S+")
_PARTICLE = re.compile(r"[^\w]*(no|si)\s*[,;:]\s*")
_OWN_WORDS = 2  # words of matter that a sentence without a fact must have from the passage
_WITHIN = 0.8  # share of a sentence's words of matter that another has, to be where its facts come from
_COPY = 0.7  # share of the words of both that both have, to be a copy
_ALIKE = 0.5  # share of a sentence's words that another has, to speak of the same thing


@dataclass(frozen=True)
class Sentence:
    """A sentence, read once.

    Attributes:
        stems: of its words of matter, in order.
        denied: stems that a «no», «sin» or the like reaches; of a sentence that prohibits, all of them.
        affirmed: stems that none of these reaches.
        negative: it denies or prohibits something.
        exception: it makes an exception.
        ideas: names of the ideas it has (`ideas` of the word lists).
        negators: how many words it has that deny.
        says_no: it begins with a «No,».
    """

    stems: tuple[str, ...]
    denied: frozenset[str]
    affirmed: frozenset[str]
    negative: bool
    exception: bool
    ideas: frozenset[str]
    negators: int
    says_no: bool

    def within(self, other: "Sentence") -> bool:
        """Tell whether another sentence speaks of (nearly) all that this one speaks of."""
        matter = set(self.stems)
        return bool(matter) and len(matter & set(other.stems)) >= _WITHIN * len(matter)

    def copies(self, other: "Sentence") -> bool:
        """Tell whether this is the other sentence, but for a few words."""
        one, two = set(self.stems), set(other.stems)
        return bool(one | two) and len(one & two) >= _COPY * len(one | two)

    @classmethod
    def of(cls, text: str) -> "Sentence":
        """Read a sentence."""
        folded = _ADDRESS.sub(" ", fold(text))  # addresses of the web are compared as facts
        particle = _PARTICLE.match(folded)
        folded = folded[particle.end() :] if particle else folded
        spoken = words(folded)
        denied, affirmed, negative = _read_denials(folded)
        return cls(
            stems=tuple(stem(word) for word in spoken if _is_matter(word)),
            denied=frozenset(denied),
            affirmed=frozenset(affirmed),
            negative=negative,
            exception=phrase_pattern("exceptions").search(folded) is not None,
            says_no=bool(particle and particle[1] == "no"),
            negators=sum(word in word_list("negators") for word in words(_harmless().sub(" ", folded))),
            ideas=frozenset(name for name, pattern in _ideas().items() if pattern.search(folded)),
        )


def unsupported_claim(
    written: Sentence, passage: Sequence[Sentence], passage_words: frozenset[str], *, has_facts: bool
) -> str:
    """Return why a passage does not bear out what a sentence claims, empty when it does.

    Args:
        written: the sentence.
        passage: the passage's sentences.
        passage_words: all its words, folded, its titles' too.
        has_facts: the sentence has figures, which the passage has as well.
    """
    for idea in sorted(written.ideas):
        if not any(idea in sentence.ideas for sentence in passage):
            return f"idea:{idea}"
    own = {token for sentence in passage for token in sentence.stems} | {stem(word) for word in passage_words}
    strange = _strange(written.stems, own)
    if strange:
        return f"words:{','.join(strange[:4])}"
    if not has_facts and len(set(written.stems) - set(strange) - _generic()) < _OWN_WORDS:
        return "says_nothing"
    return _denial(written, passage)


def _denial(written: Sentence, passage: Sequence[Sentence]) -> str:
    """Return how a sentence denies, affirms or generalises otherwise than the passage."""
    if written.says_no and not written.negative:
        return "denial:added"
    return _copied_otherwise(written, passage) or _denied_otherwise(written, passage)


def _copied_otherwise(written: Sentence, passage: Sequence[Sentence]) -> str:
    """Return what a sentence that was taken over, but for a few words, lost with these."""
    copied = [sentence for sentence in passage if written.copies(sentence)]
    if copied and all(sentence.negators != written.negators for sentence in copied):
        return "denial:changed"
    stay = word_list("ideas_that_stay")
    if copied and all((sentence.ideas - written.ideas) & stay for sentence in copied):
        return "idea:lost"
    return ""


def _denied_otherwise(written: Sentence, passage: Sequence[Sentence]) -> str:
    nearest = _nearest(written, passage)
    if written.negative and not any(sentence.negative for sentence in nearest):
        return "denial:added"
    if written.negative and not any(sentence.negative and _meets_denied(written, sentence) for sentence in nearest):
        return "denial:moved"
    if _affirms_the_denied(written, passage) or (
        not written.negative
        and nearest
        and all(sentence.negative and _meets(written, sentence) for sentence in nearest)
    ):
        return "denial:lost"
    if not written.exception and nearest and all(sentence.exception for sentence in nearest):
        return "exception:lost"
    return ""


def _affirms_the_denied(written: Sentence, passage: Sequence[Sentence]) -> bool:
    """Tell whether a sentence affirms a word that the passage has under a «no» only."""
    ever_denied = {token for sentence in passage for token in sentence.denied}
    ever_affirmed = {token for sentence in passage for token in sentence.affirmed}
    return bool((written.affirmed & ever_denied) - ever_affirmed - _generic())


def bigrams(spoken: Sequence[str]) -> Iterable[tuple[str, str]]:
    """Yield words in twos, the small ones that join names left out."""
    kept = [word for word in spoken if word not in word_list("joiners")]
    return pairwise(kept)


def _strange(stems: Sequence[str], own: set[str]) -> list[str]:
    """Return the stems that neither the passage has, nor by another word, nor any answer may bring along."""
    names = {name for groups in concepts(sorted(own)) for name in groups}
    generic = _generic()
    return [
        token
        for token, groups in zip(stems, concepts(stems), strict=True)
        if token not in own and token not in generic and not names.intersection(groups)
    ]


def _nearest(written: Sentence, passage: Sequence[Sentence]) -> list[Sentence]:
    """Return the passage's sentences that speak most of what this one speaks of."""
    matter = set(written.stems) - _generic()
    if not matter:
        matter = set(written.stems)
    scored = [(len(matter & set(sentence.stems)) / max(1, len(matter)), sentence) for sentence in passage]
    best = max((score for score, _ in scored), default=0.0)
    if best < _ALIKE:
        return [sentence for score, sentence in scored if score > 0] or list(passage)
    return [sentence for score, sentence in scored if score == best]


def _meets(written: Sentence, denied: Sentence) -> bool:
    return bool(set(written.stems) & denied.denied)


def _meets_denied(written: Sentence, other: Sentence) -> bool:
    return (
        not written.denied
        or bool((written.denied & other.denied) - _generic())
        or bool(written.denied & set(other.stems))
    )


def _read_denials(text: str) -> tuple[set[str], set[str], bool]:
    """Return the stems that are denied, those that are affirmed, and whether anything is denied at all.

    A «no» reaches to the end of its clause, or to a «se» that begins another («no tener el chip | se multa»).
    """
    denied: set[str] = set()
    affirmed: set[str] = set()
    negative = False
    for clause in re.split(r"[.;:,!?()]", _harmless().sub(" ", fold(text))):
        spoken = words(clause)
        prohibits = any(word.startswith(_denials()) for word in spoken)
        denies = any(word in word_list("negators") for word in spoken)
        negative = negative or prohibits != denies
        reached = prohibits and not denies
        for place, word in enumerate(spoken):
            if word in word_list("negators") and not prohibits:
                reached = True
            elif word == "se" and spoken[place - 1] not in word_list("negators") and not prohibits:
                reached = False
            elif _is_matter(word):
                (denied if reached else affirmed).add(stem(word))
    return denied, affirmed, negative


def _is_matter(word: str) -> bool:
    return len(word) > 1 and word.isalpha() and word not in function_words() and word not in _figures()


@cache
def _denials() -> tuple[str, ...]:
    return tuple(str(grounding()["denials"]).split())


@cache
def _generic() -> frozenset[str]:
    return frozenset(stem(word) for word in word_list("generic"))


@cache
def _harmless() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{grounding()['harmless_denials']})\b")


@cache
def _figures() -> frozenset[str]:
    """Return words that are parts of facts, which are compared as facts."""
    lists = grounding()
    named = [
        *lists["numbers"],
        *lists["multipliers"],
        *lists["units"],
        *lists["day_parts"],
        *lists["qualifiers"],
        *word_list("halves"),
    ]
    return frozenset(map(str, [*named, *lists["months"], *lists["weekdays"], "sabados", "domingos"]))


@cache
def _ideas() -> dict[str, re.Pattern[str]]:
    """Return for each idea a pattern over folded text."""
    return {str(name): re.compile(rf"\b(?:{signs})\b") for name, signs in grounding()["ideas"].items()}
