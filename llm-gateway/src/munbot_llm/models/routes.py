"""HTTP entrance to the language model, as OpenAI's clients know it."""

import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from munbot_common.auth import Principal, Role, require_roles
from munbot_common.ids import uuid7
from munbot_common.logs import get_logger
from munbot_common.problems import BadRequest, Forbidden, PayloadTooLarge, Problem, Unauthorized, problem_responses

from munbot_llm.dependencies import ServicesDep
from munbot_llm.models.chat import Chunk, ModelState, Usage
from munbot_llm.models.leaving import CallerGone, EventStream, unless_gone
from munbot_llm.models.openai_errors import OpenAIRoute, error_object
from munbot_llm.models.problems import ModelProcessLost, ModelUnavailable, ModelUnknown
from munbot_llm.models.schemas import (
    ChatBody,
    ChoiceOut,
    CompletionOut,
    MessageOut,
    ModelList,
    ModelOut,
    TokenDetails,
    UsageOut,
)
from munbot_llm.models.service import ModelService
from munbot_llm.processes import DeadlineExceeded, QueueFull

log = get_logger("models")

router = APIRouter(prefix="/v1", tags=["models"], route_class=OpenAIRoute)
_PROBLEMS = problem_responses(
    BadRequest,
    Unauthorized,
    Forbidden,
    ModelUnknown,
    PayloadTooLarge,
    QueueFull,
    ModelUnavailable,
    ModelProcessLost,
    DeadlineExceeded,
)
CallerDep = Annotated[Principal, Depends(require_roles(Role.ADMIN, Role.AGENT, Role.VIEWER, Role.SERVICE))]

PRIORITY_HEADER = "X-Munbot-Priority"
_GIVE_WAY_SECONDS = "5"  # when a request of low priority may look again
_CLIENT_CLOSED_REQUEST = 499  # nginx's; nobody reads it but the log


@router.get("/models", responses=problem_responses(Unauthorized, Forbidden))
def list_models(_principal: CallerDep, services: ServicesDep) -> ModelList:
    """List the model, if it is ready."""
    status = services.models.status
    return ModelList(data=[ModelOut(id=status.name)] if status.state is ModelState.READY else [])


@router.post("/chat/completions", response_model=CompletionOut, responses=_PROBLEMS)
async def complete_chat(
    body: ChatBody, request: Request, _principal: CallerDep, services: ServicesDep
) -> CompletionOut | Response:
    """Answer a chat, at once or (with `stream`) as server-sent events. A caller that leaves frees the model.

    With `X-Munbot-Priority: low` a busy model is a full queue (429): who is in no hurry never stands in the queue.
    """
    status = services.models.status
    if status.state is not ModelState.ABSENT and body.model != status.name:
        raise ModelUnknown
    if services.models.busy and request.headers.get(PRIORITY_HEADER) == "low":
        raise QueueFull(headers={"Retry-After": _GIVE_WAY_SECONDS})
    try:
        if body.stream:
            return await _stream(services.models, body, request)
        return await unless_gone(request, _complete(services.models, body))
    except CallerGone:
        log.info("caller_gone")
        return Response(status_code=_CLIENT_CLOSED_REQUEST)


async def _complete(models: ModelService, body: ChatBody) -> CompletionOut:
    completion = await models.complete([message.plain() for message in body.messages], body.options())
    return CompletionOut(
        id=_new_id(),
        created=int(time.time()),
        model=body.model,
        choices=[ChoiceOut(message=MessageOut(content=completion.text), finish_reason=completion.finish)],
        usage=_usage(completion.usage),
    )


async def _stream(models: ModelService, body: ChatBody, request: Request) -> EventStream:
    """Wait until the model has accepted the request, so that a refusal has a status of its own, then stream."""
    stack = AsyncExitStack()
    messages = [message.plain() for message in body.messages]

    async def begin() -> AsyncIterator[Chunk]:
        chunks = await stack.enter_async_context(models.chat(messages, body.options()))
        await anext(chunks)
        return chunks

    try:
        chunks = await unless_gone(request, begin())
    except BaseException:
        await stack.aclose()
        raise
    with_usage = body.stream_options is not None and body.stream_options.include_usage
    return EventStream(_events(chunks, body.model, with_usage=with_usage), stack.aclose)


async def _events(chunks: AsyncIterator[Chunk], model: str, *, with_usage: bool) -> AsyncIterator[str]:
    """Yield the events of a stream. An answer that breaks off ends with an `error` event and without [DONE]."""
    head = {"id": _new_id(), "object": "chat.completion.chunk", "created": int(time.time()), "model": model}
    if with_usage:
        head["usage"] = None
    yield _event(head, delta={"role": "assistant", "content": ""})
    try:
        async for chunk in chunks:
            if chunk.text:
                yield _event(head, delta={"content": chunk.text})
            if chunk.finish:
                yield _event(head, delta={}, finish=chunk.finish)
                if with_usage:
                    usage = _usage(chunk.usage or Usage()).model_dump()
                    yield f"data: {json.dumps({**head, 'choices': [], 'usage': usage})}\n\n"
                yield "data: [DONE]\n\n"
    except Problem as problem:
        yield f"data: {json.dumps({'error': error_object(problem)}, ensure_ascii=False)}\n\n"


def _event(head: Mapping[str, Any], *, delta: Mapping[str, str], finish: str | None = None) -> str:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    return f"data: {json.dumps({**head, 'choices': [choice]}, ensure_ascii=False)}\n\n"


def _usage(usage: Usage) -> UsageOut:
    return UsageOut(
        prompt_tokens=usage.prompt_tokens,
        completion_tokens=usage.completion_tokens,
        total_tokens=usage.prompt_tokens + usage.completion_tokens,
        prompt_tokens_details=TokenDetails(cached_tokens=usage.cached_tokens),
    )


def _new_id() -> str:
    return f"chatcmpl-{uuid7().hex}"
