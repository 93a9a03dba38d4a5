"""/v1/message, /v1/start, /v1/status: what the office begins with a citizen."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from munbot_common.auth import Principal
from munbot_common.database import SessionDep
from munbot_common.idempotency import Answer, IdempotencyKey, IdempotencyKeyReused, answer_once
from munbot_common.problems import Forbidden, Unauthorized, Unprocessable, problem_responses
from sqlalchemy.orm import Session

from munbot_whatsapp.base import IDEMPOTENCY_KEYS
from munbot_whatsapp.dependencies import ClockDep, ReaderDep, WriterDep
from munbot_whatsapp.flows import service
from munbot_whatsapp.flows.schemas import Accepted, MessageProgress, SendRequest, StartRequest
from munbot_whatsapp.problems import (
    AccountInactive,
    AccountRequired,
    AccountUnknown,
    FlowDataInvalid,
    FlowUnknown,
    MessageUnknown,
    OptedOut,
    WindowClosed,
)

router = APIRouter(prefix="/v1", tags=["messages"])

_REFUSALS = (
    Unauthorized,
    Forbidden,
    Unprocessable,
    AccountUnknown,
    AccountRequired,
    AccountInactive,
    OptedOut,
    WindowClosed,
    IdempotencyKeyReused,
)


@dataclass(frozen=True, slots=True)
class Work:
    """What a request that sends works with."""

    request: Request
    session: Session
    principal: Principal
    now: datetime

    def send(self, body: SendRequest | StartRequest) -> Accepted:
        """Queue what the body says."""
        return service.send(
            self.session,
            self.principal.tenant,
            body,
            provider=self.request.app.state.provider,
            now=self.now,
        )


async def _work(request: Request, session: SessionDep, principal: WriterDep, clock: ClockDep) -> Work:
    return Work(request, session, principal, clock())


WorkDep = Annotated[Work, Depends(_work, scope="function")]


@router.post("/message", status_code=202, response_model=Accepted, responses=problem_responses(*_REFUSALS))
def send_message(body: SendRequest, work: WorkDep, idempotency_key: IdempotencyKey = None) -> Response:
    """Send a citizen one message.

    To a citizen who has not written for 24 hours most providers take only a template: without one the message fails,
    which its status tells.
    """
    return _once(work, "message", idempotency_key, body)


@router.post(
    "/start",
    status_code=202,
    response_model=Accepted,
    responses=problem_responses(*_REFUSALS, FlowUnknown, FlowDataInvalid),
)
def start_flow(body: StartRequest, work: WorkDep, idempotency_key: IdempotencyKey = None) -> Response:
    """Start a flow with a citizen: a message of ours with its data, as a template when 24 hours are over."""
    return _once(work, "start", idempotency_key, body)


@router.get("/status/{message_id}", responses=problem_responses(Unauthorized, Forbidden, MessageUnknown, Unprocessable))
def message_status(message_id: UUID, principal: ReaderDep, session: SessionDep) -> MessageProgress:
    """Tell what became of a message, of the office's or of the bot's."""
    return service.progress(session, principal.tenant, message_id)


def _once(work: Work, operation: str, key: str | None, body: SendRequest | StartRequest) -> Response:
    answer = answer_once(
        work.session,
        IDEMPOTENCY_KEYS,
        principal=work.principal,
        operation=operation,
        key=key,
        request=body,
        respond=lambda: Answer(202, work.send(body).model_dump(mode="json")),
    )
    headers = {"Idempotent-Replayed": "true"} if answer.replayed else None
    return JSONResponse(answer.body, status_code=answer.status, headers=headers)
