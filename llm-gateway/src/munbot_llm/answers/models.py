"""What goes into an answer and what comes out."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol

from munbot_llm.documents.passages import Passage


class Mode(StrEnum):
    """How an answer came about."""

    EXTRACTIVE = "extractive"  # the office's own words
    GENERATED = "generated"  # a model's words, each fact of which is in the passages
    CLARIFY = "clarify"  # «¿Quiso decir…?»
    UNKNOWN = "unknown"  # «No tengo esa información»


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the conversation so far."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where an answer is from."""

    document_id: str
    document: str
    article: str
    passage: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a citizen is told.

    Attributes:
        text: the answer, in Spanish.
        mode: how it came about.
        sources: the passages it stands on; none unless extractive or generated.
        confidence: how probably it is right, 0 to 1, fitted on questions with known answers.
        handoff: a person should be offered.
        options: with clarify, what may have been meant, in words to choose from.
    """

    text: str
    mode: Mode
    sources: tuple[Source, ...] = ()
    confidence: float = 0.0
    handoff: bool = False
    options: tuple[str, ...] = ()


class Generator(Protocol):
    """Says in other words what passages say."""

    def generate(self, question: str, passages: Sequence[Passage], history: Sequence[Turn]) -> str | None:
        """Return an answer each fact of which the passages have; None when there is none, or no model."""
        ...
