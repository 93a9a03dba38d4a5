"""Answering a POST once per idempotency key, whatever it changes."""

from collections.abc import Callable

from fastapi import Response
from fastapi.responses import JSONResponse
from munbot_common.auth import Principal
from munbot_common.idempotency import Answer, answer_once
from pydantic import BaseModel

from munbot_scheduler.base import IDEMPOTENCY_KEYS
from munbot_scheduler.context import Context


def once(
    context: Context,
    principal: Principal,
    operation: str,
    *,
    key: str | None,
    request: BaseModel,
    respond: Callable[[], BaseModel],
    status: int = 200,
) -> Response:
    """Answer a POST once per idempotency key."""
    answer = answer_once(
        context.session,
        IDEMPOTENCY_KEYS,
        principal=principal,
        operation=operation,
        key=key,
        request=request,
        respond=lambda: Answer(status, respond().model_dump(mode="json")),
    )
    headers = {"Idempotent-Replayed": "true"} if answer.replayed else None
    return JSONResponse(answer.body, status_code=answer.status, headers=headers)
