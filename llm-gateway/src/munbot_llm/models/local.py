"""A GGUF file in a process of its own."""

import importlib.util
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from munbot_llm.models.chat import ChatMessage, ChatOptions, Chunk, ModelState, ModelStatus, Usage
from munbot_llm.models.files import fingerprint
from munbot_llm.models.problems import MessagesInvalid, ModelProcessLost, ModelUnavailable, PromptTooLong
from munbot_llm.processes import Call, Deadline, ProcessUnavailable, Stage, SupervisedProcess
from munbot_llm.settings import ModelSettings

ENGINE_MISSING = "engine_missing"
_OF_THE_FILE = frozenset({"checksum_mismatch", "not_gguf", "chat_template_missing", "chat_template_broken"})
"""Reasons that go away with another file only: until then no gigabytes are read again."""


class LocalModel:
    """The model at LLM_MODEL_PATH."""

    def __init__(self, path: Path, settings: ModelSettings) -> None:
        self._path = path
        self._settings = settings
        self._name = path.stem
        self._refused = ""
        self._process = SupervisedProcess(
            "model",
            "munbot_llm.models.child",
            self._configuration,
            queue_size=settings.llm_queue_size,
            hold=self._hold,
            lost=ModelProcessLost,
            problems=[PromptTooLong, MessagesInvalid],
        )

    @property
    def status(self) -> ModelStatus:
        """How the process is."""
        state = self._process.state
        if state.stage is Stage.READY:
            return ModelStatus(ModelState.READY, self._name)
        if state.stage is Stage.FAILED:
            kind = ModelState.ENGINE_MISSING if state.reason == ENGINE_MISSING else ModelState.FAILED
            return ModelStatus(kind, self._name, state.reason)
        return ModelStatus(ModelState.LOADING, self._name)

    @property
    def busy(self) -> bool:
        """Whether a request is with the process."""
        return self._process.queue.busy

    @property
    def pid(self) -> int | None:
        """The process id of the model's process, while there is one."""
        return self._process.pid

    async def start(self) -> None:
        """Start the process."""
        await self._process.start()

    async def close(self) -> None:
        """Stop the process."""
        await self._process.close()

    @asynccontextmanager
    async def chat(
        self, messages: Sequence[ChatMessage], options: ChatOptions, deadline: Deadline
    ) -> AsyncIterator[AsyncIterator[Chunk]]:
        """Answer; see `Model.chat`."""
        request = {"do": "chat", "messages": [asdict(message) for message in messages], "sampling": asdict(options)}
        try:
            async with self._process.request(request, deadline=deadline) as replies:
                yield _chunks(replies)
        except ProcessUnavailable as problem:
            raise ModelUnavailable(extra=problem.extra, headers=problem.headers) from problem

    async def count_tokens(self, messages: Sequence[ChatMessage], deadline: Deadline) -> int:
        """Return how many tokens the messages are; waits for its turn like any request."""
        request = {"do": "count", "messages": [asdict(message) for message in messages]}
        try:
            (reply,) = await self._process.ask(request, deadline=deadline)
        except ProcessUnavailable as problem:
            raise ModelUnavailable(extra=problem.extra, headers=problem.headers) from problem
        return int(reply.data["prompt_tokens"])

    def _configuration(self) -> Mapping[str, Any]:
        settings = self._settings
        return {
            "path": str(self._path),
            "sha256": settings.llm_model_sha256.strip(),
            "verified": str(self._process.about.get("fingerprint", "")),  # ready before: no second checksum
            "engine_path": str(settings.llm_engine_path or ""),
            "context_tokens": settings.llm_context_tokens,
            "threads": settings.llm_threads,
            "gpu_layers": settings.llm_gpu_layers,
        }

    def _hold(self) -> str | None:
        """Return why a process would be in vain, without making one."""
        mark = self._mark()
        reason = self._process.state.reason
        if reason in _OF_THE_FILE and mark == self._refused:
            return reason
        self._refused = mark
        return None if self._engine_is_there() else ENGINE_MISSING

    def _mark(self) -> str:
        try:
            return fingerprint(self._path)
        except OSError:
            return ""

    def _engine_is_there(self) -> bool:
        folder = self._settings.llm_engine_path
        if folder is not None and (folder / "llama_cpp").is_dir():
            return True
        return importlib.util.find_spec("llama_cpp") is not None


async def _chunks(replies: Call) -> AsyncIterator[Chunk]:
    prompt = cached = 0
    async for reply in replies:
        data = reply.data
        if "prompt_tokens" in data:
            prompt, cached = data["prompt_tokens"], data["cached_tokens"]
            yield Chunk(usage=Usage(prompt, 0, cached))
        elif "finish" in data:
            yield Chunk(data["text"], data["finish"], Usage(prompt, data["completion_tokens"], cached))
        else:
            yield Chunk(data["text"])
