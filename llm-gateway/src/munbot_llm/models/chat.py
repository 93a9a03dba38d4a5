"""What goes into a model and what comes out, whichever model it is."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol

from munbot_llm.processes import Deadline

Finish = Literal["stop", "length"]


class ModelState(StrEnum):
    """How the model is."""

    ABSENT = "absent"  # none is set up
    ENGINE_MISSING = "engine_missing"  # a file is set up, llama-cpp-python is not there yet
    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """How the model is, what it is called, and why it failed."""

    state: ModelState
    name: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class ChatOptions:
    """How to answer.

    Attributes:
        max_tokens: of the answer; None: as many as fit.
        temperature: 0 (always the likeliest) to 2.
        top_p: share of probability that is chosen from, above 0 and up to 1.
        seed: the same one gives the same answer, on the same machine.
        stop: strings that end the answer and are not in it.
        presence_penalty: −2 to 2.
        frequency_penalty: −2 to 2.
    """

    max_tokens: int | None = None
    temperature: float = 0.2
    top_p: float = 0.95
    seed: int | None = None
    stop: tuple[str, ...] = ()
    presence_penalty: float = 0.0
    frequency_penalty: float = 0.0


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens: read, of these kept from the request before, and written."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of an answer. The first has no text: the request was accepted; the last has `finish` and `usage`."""

    text: str = ""
    finish: Finish | None = None
    usage: Usage | None = None


@dataclass(frozen=True, slots=True)
class Completion:
    """A whole answer."""

    text: str
    finish: Finish
    usage: Usage


class Model(Protocol):
    """A model, here or elsewhere."""

    @property
    def status(self) -> ModelStatus:
        """How it is."""
        ...

    @property
    def busy(self) -> bool:
        """Whether a request would have to wait, as far as is known here."""
        ...

    async def start(self) -> None:
        """Begin to make it ready; returns without waiting for that."""
        ...

    async def close(self) -> None:
        """Stop it."""
        ...

    def chat(
        self, messages: Sequence[ChatMessage], options: ChatOptions, deadline: Deadline
    ) -> AbstractAsyncContextManager[AsyncIterator[Chunk]]:
        """Answer; leaving the block early gives the answer up and frees the model.

        Raises:
            QueueFull, DeadlineExceeded, ModelUnavailable, ModelProcessLost, PromptTooLong, MessagesInvalid.
        """
        ...

    async def count_tokens(self, messages: Sequence[ChatMessage], deadline: Deadline) -> int:
        """Return how many tokens the messages are, with the template's own."""
        ...
