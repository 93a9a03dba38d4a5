"""The gateway's language model, as the generator of answers speaks to it."""

import time
from collections.abc import Sequence
from typing import Protocol

from munbot_common.logs import get_logger
from munbot_common.problems import Problem

from munbot_llm.answers.generation import Completion, Message
from munbot_llm.models.chat import ChatMessage, ChatOptions
from munbot_llm.models.chat import Completion as ChatCompletion
from munbot_llm.models.problems import MessagesInvalid
from munbot_llm.processes import Deadline

log = get_logger("generation.model")

_SEED = 7  # the same question gets the same words


class Models(Protocol):
    """What is needed of `ModelService`."""

    @property
    def ready(self) -> bool:
        """Whether a chat would be answered now."""
        ...

    def complete_from_thread(
        self, messages: Sequence[ChatMessage], options: ChatOptions, deadline: Deadline
    ) -> ChatCompletion:
        """Return a whole answer."""
        ...


class Allowed(Protocol):
    """What is needed of `Approval`."""

    @property
    def granted(self) -> bool:
        """Whether the model may write answers."""
        ...


class ModelTalker:
    """A `Talker`.

    Args:
        models: the model.
        approval: whether it may answer.
        seconds: for waiting and writing together; then the documents are quoted instead.
    """

    def __init__(self, models: Models, approval: Allowed, *, seconds: float) -> None:
        self._models = models
        self._approval = approval
        self._seconds = seconds
        self._knows_system = True

    @property
    def may_answer(self) -> bool:
        """Whether a model is there, ready and has passed."""
        return self._models.ready and self._approval.granted

    def complete(self, messages: Sequence[Message], *, max_tokens: int, temperature: float) -> Completion | None:
        """Return what the model writes; None when it has no time, no room or no life."""
        options = ChatOptions(max_tokens=max_tokens, temperature=temperature, seed=_SEED)
        started, deadline = time.monotonic(), Deadline(self._seconds)
        try:
            written = self._ask(messages, options, deadline)
        except Problem as problem:
            log.info("model_did_not_answer", code=problem.code)
            return None
        return Completion(
            written.text,
            whole=written.finish == "stop",
            tokens=written.usage.completion_tokens,
            seconds=time.monotonic() - started,
        )

    def _ask(self, messages: Sequence[Message], options: ChatOptions, deadline: Deadline) -> ChatCompletion:
        if self._knows_system:
            try:
                return self._models.complete_from_thread(_as_they_are(messages), options, deadline)
            except MessagesInvalid:  # Gemma 2's template, for one, has no place for rules
                self._knows_system = False
        return self._models.complete_from_thread(_in_one(messages), options, deadline)


def _as_they_are(messages: Sequence[Message]) -> list[ChatMessage]:
    return [ChatMessage("system" if message.role == "system" else "user", message.content) for message in messages]


def _in_one(messages: Sequence[Message]) -> list[ChatMessage]:
    return [ChatMessage("user", "\n\n".join(message.content for message in messages))]
