"""What a note says, made of what the model heard: made-up endings dropped, numbers as digits, how sure it is."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from munbot_llm.voice.numbers import as_digits
from munbot_llm.voice.words import made_up, plain

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")


@dataclass(frozen=True, slots=True)
class Transcript:
    """A voice note in words.

    Attributes:
        text: empty when nobody spoke.
        confidence: 0 to 1, see `confidence_of`; 0 without text.
        seconds: length of the note.
        language: ISO 639-1.
    """

    text: str
    confidence: float
    seconds: float
    language: str

    @property
    def speech(self) -> bool:
        """Whether somebody spoke."""
        return bool(self.text)


def transcript_of(heard: Sequence[Mapping[str, Any]], *, seconds: float, language: str) -> Transcript:
    """Return the transcript of what the child heard.

    Args:
        heard: stretches of speech as `munbot_llm.voice.transcriber.Heard` has them.
        seconds: length of the note.
        language: ISO 639-1.
    """
    text = as_digits(without_made_up_ending(" ".join(stretch["text"] for stretch in heard).strip()))
    if not any(character.isalnum() for character in text):
        return Transcript("", 0.0, seconds, language)
    return Transcript(text, confidence_of(heard), seconds, language)


def without_made_up_ending(text: str) -> str:
    """Return `text` without the sentences at its end that speech models write into silence."""
    sentences = _SENTENCE_END.split(text)
    while sentences and made_up().fullmatch(plain(sentences[-1])):
        sentences.pop()
    return " ".join(sentences)


def confidence_of(heard: Sequence[Mapping[str, Any]]) -> float:
    """Return how sure the model is of its words, 0 to 1.

    The geometric mean of its words' probabilities, times the chance that it is speech at all; stretches count by their
    length.
    """
    weights = [max(0.1, stretch["end"] - stretch["start"]) for stretch in heard]
    sure = [math.exp(min(0.0, stretch["logprob"])) * (1.0 - stretch["no_speech"]) for stretch in heard]
    if not heard:
        return 0.0
    mean: float = sum(weight * value for weight, value in zip(weights, sure, strict=True)) / sum(weights)
    return round(min(1.0, max(0.0, mean)), 3)
