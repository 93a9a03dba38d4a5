"""The language model as the rest of the gateway sees it: one, or none."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from munbot_common.problems import Problem

from munbot_llm.models import metrics
from munbot_llm.models.chat import (
    ChatMessage,
    ChatOptions,
    Chunk,
    Completion,
    Model,
    ModelState,
    ModelStatus,
    Usage,
)
from munbot_llm.models.problems import ModelProcessLost, ModelUnavailable
from munbot_llm.processes import Deadline
from munbot_llm.settings import ModelSettings


def build_model(settings: ModelSettings) -> Model | None:
    """Return the model that the settings name: a file before a server; None without either."""
    if settings.llm_model_path is not None:
        from munbot_llm.models.local import LocalModel  # noqa: PLC0415 - without a model nothing of it is imported

        return LocalModel(settings.llm_model_path, settings)
    if settings.llm_remote_url:
        from munbot_llm.models.remote import RemoteModel  # noqa: PLC0415

        return RemoteModel(settings)
    return None


class ModelService:
    """Answers chats and counts what it does.

    Args:
        model: the model, or None: then every chat is refused with `ModelUnavailable`.
        deadline_seconds: for waiting and answering together, where a caller sets none.
    """

    def __init__(self, model: Model | None, *, deadline_seconds: float = 60.0) -> None:
        self._model = model
        self._deadline_seconds = deadline_seconds
        self._loop: asyncio.AbstractEventLoop | None = None
        metrics.STATE.labels("ready").set_function(lambda: self.status.state is ModelState.READY)

    @property
    def status(self) -> ModelStatus:
        """How the model is."""
        return self._model.status if self._model else ModelStatus(ModelState.ABSENT)

    @property
    def ready(self) -> bool:
        """Whether a chat would be answered now."""
        return self.status.state is ModelState.READY

    @property
    def busy(self) -> bool:
        """Whether a chat would have to wait, as far as is known here."""
        return self._model.busy if self._model else False

    async def start(self) -> None:
        """Begin to make the model ready; returns without waiting for that."""
        self._loop = asyncio.get_running_loop()
        if self._model:
            await self._model.start()

    async def close(self) -> None:
        """Stop the model."""
        if self._model:
            await self._model.close()

    @asynccontextmanager
    async def chat(
        self, messages: Sequence[ChatMessage], options: ChatOptions, deadline: Deadline | None = None
    ) -> AsyncIterator[AsyncIterator[Chunk]]:
        """Answer a chat; inside the block, iterate over the pieces of the answer.

        Leaving the block early gives the answer up, and the model is free within a second.

        Args:
            messages: at least one.
            options: how to answer.
            deadline: for waiting and answering together.

        Raises:
            QueueFull: too many wait.
            DeadlineExceeded: it took too long.
            ModelUnavailable: there is no model that works.
            ModelProcessLost: the model went away with this answer in it.
            PromptTooLong: the messages and `max_tokens` do not fit.
            MessagesInvalid: the model does not take such messages.
        """
        if self._model is None:
            raise ModelUnavailable(extra={"reason": ModelState.ABSENT.value})
        measured = _Measured()
        try:
            async with self._model.chat(messages, options, deadline or Deadline(self._deadline_seconds)) as chunks:
                yield measured.watch(chunks)
        except Problem as problem:
            measured.outcome = problem.code
            raise
        finally:
            measured.record()

    async def complete(
        self, messages: Sequence[ChatMessage], options: ChatOptions, deadline: Deadline | None = None
    ) -> Completion:
        """Return a whole answer; raises what `chat` raises."""
        async with self.chat(messages, options, deadline) as chunks:
            return await collect(chunks)

    def complete_from_thread(
        self, messages: Sequence[ChatMessage], options: ChatOptions, deadline: Deadline
    ) -> Completion:
        """Return a whole answer to a caller in another thread than the event loop's; raises what `chat` raises."""
        if self._loop is None:
            raise ModelUnavailable(extra={"reason": ModelState.ABSENT.value})
        return asyncio.run_coroutine_threadsafe(self.complete(messages, options, deadline), self._loop).result()

    async def count_tokens(self, messages: Sequence[ChatMessage], deadline: Deadline | None = None) -> int:
        """Return how many tokens the messages are for this model.

        Raises:
            Problem: as `chat`.
        """
        if self._model is None:
            raise ModelUnavailable(extra={"reason": ModelState.ABSENT.value})
        return await self._model.count_tokens(messages, deadline or Deadline(self._deadline_seconds))


async def collect(chunks: AsyncIterator[Chunk]) -> Completion:
    """Return what pieces make together.

    Raises:
        ModelProcessLost: the last piece did not come.
    """
    texts: list[str] = []
    last = Chunk()
    async for chunk in chunks:  # to the very end: leaving earlier would give the answer up
        texts.append(chunk.text)
        last = chunk
    if last.finish is None:
        raise ModelProcessLost
    return Completion("".join(texts), last.finish, last.usage or Usage())


class _Measured:
    """What one answer adds to the metrics."""

    def __init__(self) -> None:
        self.outcome = "abandoned"
        self._started = time.monotonic()
        self._first = 0.0
        self._prompt = Usage()
        self._written = 0

    async def watch(self, chunks: AsyncIterator[Chunk]) -> AsyncIterator[Chunk]:
        async for chunk in chunks:
            if chunk.usage:
                self._prompt = chunk.usage
            if chunk.text and not self._first:
                self._first = time.monotonic()
                metrics.FIRST_TOKEN_SECONDS.observe(self._first - self._started)
            self._written += 1
            if chunk.finish:
                self.outcome = chunk.finish
            yield chunk

    def record(self) -> None:
        metrics.ANSWERS.labels(self.outcome).inc()
        written = self._prompt.completion_tokens or max(0, self._written - 1)
        for kind, count in (
            ("prompt", self._prompt.prompt_tokens),
            ("cached", self._prompt.cached_tokens),
            ("completion", written),
        ):
            metrics.TOKENS.labels(kind).inc(count)
        seconds = time.monotonic() - self._first
        if self._first and written > 1 and seconds > 0:
            metrics.SPEED.observe((written - 1) / seconds)
