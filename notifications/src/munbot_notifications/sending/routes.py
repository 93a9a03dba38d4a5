"""/v1/notifications and /v1/email."""

from collections.abc import Callable
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import JSONResponse
from munbot_common.auth import Principal
from munbot_common.database import SessionDep
from munbot_common.idempotency import Answer, IdempotencyKey, IdempotencyKeyReused, answer_once
from munbot_common.problems import Forbidden, Unauthorized, Unprocessable, problem_responses
from munbot_contracts.notifications import NotificationChannel
from pydantic import BaseModel
from sqlalchemy.orm import Session

from munbot_notifications.base import IDEMPOTENCY_KEYS
from munbot_notifications.dependencies import SECURED, ClockDep, ReaderDep, SettingsDep, WriterDep
from munbot_notifications.problems import (
    DataInvalid,
    NobodyToTell,
    NotificationState,
    NotificationUnknown,
    TemplateUnknown,
)
from munbot_notifications.schemas import Limit, Page
from munbot_notifications.sending import repository, requests
from munbot_notifications.sending.models import Notification
from munbot_notifications.sending.schemas import (
    Accepted,
    EmailRequest,
    NotificationOut,
    NotificationRequest,
    State,
    StateCounts,
)
from munbot_notifications.sending.views import view

router = APIRouter(prefix="/v1", tags=["notifications"])

_ASKED = problem_responses(
    Unauthorized, Forbidden, Unprocessable, TemplateUnknown, DataInvalid, NobodyToTell, IdempotencyKeyReused
)
_ONE = problem_responses(Unauthorized, Forbidden, Unprocessable, NotificationUnknown)
_CHANGED = problem_responses(Unauthorized, Forbidden, Unprocessable, NotificationUnknown, NotificationState)


async def _caller(principal: WriterDep, settings: SettingsDep, clock: ClockDep) -> requests.Caller:
    return requests.Caller(principal.tenant, settings.channels(), clock())


CallerDep = Annotated[requests.Caller, Depends(_caller)]


@router.post("/notifications", status_code=202, response_model=Accepted, responses=_ASKED)
def ask(
    body: NotificationRequest,
    session: SessionDep,
    principal: WriterDep,
    caller: CallerDep,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Tell a citizen something, on the first of their channels that takes it."""
    return _once(
        session,
        principal,
        "notification",
        key=idempotency_key,
        body=body,
        respond=lambda: requests.ask(session, caller, body),
    )


@router.post("/email", status_code=202, response_model=Accepted, responses=_ASKED)
def ask_email(
    body: EmailRequest,
    session: SessionDep,
    principal: WriterDep,
    caller: CallerDep,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Send one mail, in the municipality's frame."""
    return _once(
        session,
        principal,
        "email",
        key=idempotency_key,
        body=body,
        respond=lambda: requests.ask_email(session, caller, body),
    )


@router.get("/notifications", responses=SECURED)
def list_notifications(
    *,
    session: SessionDep,
    principal: ReaderDep,
    state: State | None = None,
    channel: NotificationChannel | None = None,
    purpose: Annotated[str | None, Query(max_length=60)] = None,
    audience: Literal["citizen", "official"] | None = None,
    subject_id: Annotated[str | None, Query(max_length=60)] = None,
    cursor: UUID | None = None,
    limit: Limit = 50,
) -> Page[NotificationOut]:
    """List notifications, the newest first. What was given up has the state `failed`."""
    filters = {
        "state": state,
        "channel": channel,
        "purpose": purpose,
        "audience": audience,
        "subject_id": subject_id,
    }
    rows = repository.page(session, principal.tenant, filters=filters, before=cursor, limit=limit + 1)
    shown = rows[:limit]
    attempts = repository.attempts(session, [row.id for row in shown])
    items = [view(row, attempts.get(row.id, [])) for row in shown]
    return Page(items=items, next_cursor=str(shown[-1].id) if len(rows) > limit else None)


@router.get("/notifications/counts", responses=SECURED)
def count_notifications(session: SessionDep, principal: ReaderDep) -> StateCounts:
    """Count the notifications in each state."""
    return StateCounts.model_validate(repository.counts(session, principal.tenant))


@router.get("/notifications/{notification_id}", responses=_ONE)
def get_notification(notification_id: UUID, session: SessionDep, principal: ReaderDep) -> NotificationOut:
    """Return one notification with its attempts."""
    notification = requests.require_notification(session, principal.tenant, notification_id)
    return _shown(session, notification_id, lambda: notification)


@router.post("/notifications/{notification_id}/replay", responses=_CHANGED)
def replay(notification_id: UUID, session: SessionDep, principal: WriterDep, clock: ClockDep) -> NotificationOut:
    """Send what was given up once more."""
    return _shown(session, notification_id, lambda: requests.replay(session, principal, notification_id, clock()))


@router.post("/notifications/{notification_id}/discard", responses=_CHANGED)
def discard(notification_id: UUID, session: SessionDep, principal: WriterDep, clock: ClockDep) -> NotificationOut:
    """Put what was given up aside for good."""
    return _shown(session, notification_id, lambda: requests.discard(session, principal, notification_id, clock()))


def _shown(session: Session, notification_id: UUID, change: Callable[[], Notification]) -> NotificationOut:
    notification = change()
    session.flush()
    return view(notification, repository.attempts(session, [notification_id]).get(notification_id, []))


def _once(
    session: Session,
    principal: Principal,
    operation: str,
    *,
    key: str | None,
    body: BaseModel,
    respond: Callable[[], Accepted],
) -> Response:
    answer = answer_once(
        session,
        IDEMPOTENCY_KEYS,
        principal=principal,
        operation=operation,
        key=key,
        request=body,
        respond=lambda: Answer(202, respond().model_dump(mode="json")),
    )
    headers = {"Idempotent-Replayed": "true"} if answer.replayed else None
    return JSONResponse(answer.body, status_code=answer.status, headers=headers)
