"""A model on another machine: any server that speaks OpenAI's chat completions."""

import asyncio
import json
import math
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict
from typing import Any

import httpx
from munbot_common.logs import get_logger

from munbot_llm.models.chat import ChatMessage, ChatOptions, Chunk, Finish, ModelState, ModelStatus, Usage
from munbot_llm.models.problems import ModelProcessLost, ModelUnavailable, PromptTooLong, RemoteRefused
from munbot_llm.processes import Deadline, DeadlineExceeded, QueueFull
from munbot_llm.settings import ModelSettings

log = get_logger("model.remote")

PROBE_SECONDS = 10.0
_CONNECT_SECONDS = 5.0
_CHARACTERS_PER_TOKEN = 3  # of Spanish, on the safe side: other machines' tokenizers are not here
_DONE = "[DONE]"


class RemoteModel:
    """The server at LLM_REMOTE_URL. It has a queue of its own; what it refuses is refused here in the same way."""

    def __init__(self, settings: ModelSettings, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        key = settings.llm_remote_key
        self._name = settings.llm_remote_model
        self._state = ModelStatus(ModelState.LOADING, self._name)
        self._http = httpx.AsyncClient(
            base_url=settings.llm_remote_url.rstrip("/") + "/",
            headers={"Authorization": f"Bearer {key.get_secret_value()}"} if key else {},
            timeout=httpx.Timeout(None, connect=_CONNECT_SECONDS),
            transport=transport,
            trust_env=False,
        )
        self._probing: asyncio.Task[None] | None = None

    @property
    def status(self) -> ModelStatus:
        """How the server was when it was last asked."""
        return self._state

    @property
    def busy(self) -> bool:
        """Whether a request would have to wait: only the server knows."""
        return False

    async def start(self) -> None:
        """Begin to ask the server whether it is there."""
        self._probing = asyncio.create_task(self._probe(), name="probe remote model")

    async def close(self) -> None:
        """Close the connections."""
        if self._probing:
            self._probing.cancel()
            with suppress(asyncio.CancelledError):
                await self._probing
        await self._http.aclose()

    @asynccontextmanager
    async def chat(
        self, messages: Sequence[ChatMessage], options: ChatOptions, deadline: Deadline
    ) -> AsyncIterator[AsyncIterator[Chunk]]:
        """Answer; see `Model.chat`. Leaving the block closes the connection, which tells the server to stop."""
        request = self._http.build_request("POST", "chat/completions", json=self._body(messages, options))
        try:
            async with asyncio.timeout(deadline.left()):
                response = await self._http.send(request, stream=True)
        except TimeoutError:
            raise DeadlineExceeded from None
        except httpx.HTTPError as error:
            raise self._away("remote_away", error) from error
        try:
            if response.status_code != httpx.codes.OK:
                await self._refuse(response, deadline)
            self._move(ModelState.READY)
            yield _chunks(response, deadline)
        finally:
            await response.aclose()

    async def count_tokens(self, messages: Sequence[ChatMessage], deadline: Deadline) -> int:  # noqa: ARG002
        """Return an estimate, rather too many than too few."""
        return sum(4 + math.ceil(len(message.content) / _CHARACTERS_PER_TOKEN) for message in messages)

    def _body(self, messages: Sequence[ChatMessage], options: ChatOptions) -> dict[str, Any]:
        wishes = {name: value for name, value in asdict(options).items() if value not in (None, (), 0.0)}
        return {
            "temperature": options.temperature,
            **wishes,
            "model": self._name,
            "messages": [asdict(message) for message in messages],
            "stream": True,
            "stream_options": {"include_usage": True},
        }

    async def _refuse(self, response: httpx.Response, deadline: Deadline) -> None:
        """Raise the problem that a refusal means."""
        code = ""
        with suppress(TimeoutError, httpx.HTTPError, ValueError, AttributeError):
            async with asyncio.timeout(deadline.left()):
                code = str((json.loads(await response.aread()).get("error") or {}).get("code"))
        status = response.status_code
        log.warning("remote_refused", status=status, code=code[:80])
        if status == httpx.codes.TOO_MANY_REQUESTS:
            seconds = response.headers.get("Retry-After", "")
            raise QueueFull(headers={"Retry-After": seconds if seconds.isdigit() else "5"})
        if status in {401, 403}:
            raise self._away("remote_refuses_key")
        if status == httpx.codes.NOT_FOUND:
            raise self._away("remote_model_unknown")
        if code in {"context_length_exceeded", "exceed_context_size_error"}:
            raise PromptTooLong
        if status >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise self._away("remote_away")
        raise RemoteRefused(extra={"remote_status": status})

    def _away(self, reason: str, error: Exception | None = None) -> ModelUnavailable:
        if error:
            log.warning("remote_away", kind=type(error).__name__)
        self._move(ModelState.FAILED, reason)
        return ModelUnavailable(extra={"reason": reason}, headers={"Retry-After": "10"})

    def _move(self, state: ModelState, reason: str = "") -> None:
        self._state = ModelStatus(state, self._name, reason)

    async def _probe(self) -> None:
        """Ask for the list of models until the server answers, and again whenever a request has failed."""
        while True:
            if self._state.state is not ModelState.READY:
                try:
                    response = await self._http.get("models", timeout=_CONNECT_SECONDS)
                except httpx.HTTPError as error:
                    self._away("remote_away", error)
                else:
                    if response.status_code in {401, 403}:
                        self._away("remote_refuses_key")
                    elif response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
                        self._away("remote_away")
                    else:  # also where this list does not exist
                        self._move(ModelState.READY)
            await asyncio.sleep(PROBE_SECONDS)


async def _chunks(response: httpx.Response, deadline: Deadline) -> AsyncIterator[Chunk]:
    """Yield what the server's events say.

    Raises:
        DeadlineExceeded: it took too long.
        ModelProcessLost: the server stopped in the middle.
    """
    yield Chunk(usage=Usage())
    finish: Finish | None = None
    usage = Usage()
    try:
        async for event in _events(response, deadline):
            usage = _usage(event.get("usage")) or usage
            for choice in event.get("choices") or []:
                if reason := choice.get("finish_reason"):
                    finish = "length" if reason == "length" else "stop"
                if text := (choice.get("delta") or {}).get("content"):
                    yield Chunk(str(text))
    except TimeoutError:
        raise DeadlineExceeded from None
    except (httpx.HTTPError, ValueError, AttributeError, TypeError) as error:
        raise ModelProcessLost from error
    if finish is None:
        raise ModelProcessLost
    yield Chunk("", finish, usage)


async def _events(response: httpx.Response, deadline: Deadline) -> AsyncIterator[dict[str, Any]]:
    """Yield the server-sent events up to the last; raises TimeoutError, ValueError or httpx.HTTPError."""
    lines = response.aiter_lines()
    while True:
        async with asyncio.timeout(deadline.left()):
            line = await anext(lines, None)
        if line is None or line == f"data: {_DONE}":
            return
        if line.startswith("data:"):
            event = json.loads(line.removeprefix("data:"))
            if event.get("error"):
                raise ModelProcessLost
            yield event


def _usage(found: Any) -> Usage | None:
    if not isinstance(found, dict):
        return None
    details = found.get("prompt_tokens_details") or {}
    return Usage(
        int(found.get("prompt_tokens") or 0),
        int(found.get("completion_tokens") or 0),
        int(details.get("cached_tokens") or 0),
    )
