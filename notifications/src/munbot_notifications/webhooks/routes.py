"""/v1/webhooks: where administrators say who else hears of events."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse
from munbot_common.database import SessionDep
from munbot_common.idempotency import Answer, IdempotencyKey, IdempotencyKeyReused, answer_once
from munbot_common.problems import Forbidden, NotFound, Unauthorized, Unprocessable, problem_responses

from munbot_notifications.base import IDEMPOTENCY_KEYS
from munbot_notifications.dependencies import SECURED, SECURED_OBJECT, AdminDep, ClockDep, SettingsDep, VaultDep
from munbot_notifications.webhooks import repository, service
from munbot_notifications.webhooks.guard import Guard
from munbot_notifications.webhooks.models import WebhookDelivery
from munbot_notifications.webhooks.problems import TooManyWebhooks, UrlRefused, WebhookDisabled
from munbot_notifications.webhooks.rules import OFFERED, message_body
from munbot_notifications.webhooks.schemas import (
    AttemptItem,
    DeliveryDetail,
    DeliveryItem,
    DeliveryList,
    EventTypeList,
    ResendFailed,
    ResentCount,
    SecretRotation,
    State,
    WebhookChange,
    WebhookCreate,
    WebhookItem,
    WebhookList,
    WebhookWithSecret,
)
from munbot_notifications.webhooks.service import Administration

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])

CREATION = problem_responses(Unauthorized, Forbidden, UrlRefused, TooManyWebhooks, IdempotencyKeyReused, Unprocessable)
CHANGE = problem_responses(Unauthorized, Forbidden, NotFound, UrlRefused, Unprocessable)
SENDING = problem_responses(Unauthorized, Forbidden, NotFound, WebhookDisabled, Unprocessable)


def _administration(
    *,
    request: Request,
    session: SessionDep,
    principal: AdminDep,
    settings: SettingsDep,
    vault: VaultDep,
    clock: ClockDep,
) -> Administration:
    guard: Guard | None = getattr(request.app.state, "webhook_guard", None)
    return Administration(
        session,
        principal,
        settings=settings,
        vault=vault,
        guard=guard or Guard(settings.webhook_hosts()),
        now=clock(),
    )


AdministrationDep = Annotated[Administration, Depends(_administration)]


@router.get("/event-types", responses=SECURED)
def list_event_types(_principal: AdminDep) -> EventTypeList:
    """List the types of events that may be subscribed to."""
    return EventTypeList(items=list(OFFERED))


@router.get("", responses=SECURED)
def list_webhooks(principal: AdminDep, session: SessionDep) -> WebhookList:
    """List the tenant's webhooks."""
    return WebhookList(items=service.views(session, repository.of_tenant(session, principal.tenant)))


@router.post("", status_code=201, response_model=WebhookWithSecret, responses=CREATION)
def create_webhook(
    wish: WebhookCreate,
    principal: AdminDep,
    session: SessionDep,
    administration: AdministrationDep,
    key: IdempotencyKey = None,
) -> JSONResponse:
    """Add a webhook. This answer, and a rotation's, are the only ones that show its secret."""
    answer = answer_once(
        session,
        IDEMPOTENCY_KEYS,
        principal=principal,
        operation="webhook.create",
        key=key,
        request=wish,
        respond=lambda: Answer(201, {"id": str(administration.create(wish).id)}),  # the secret is not stored twice
    )
    row = administration.find(UUID(answer.body["id"]))
    (item,) = service.views(session, [row])
    shown = WebhookWithSecret(**item.model_dump(), secret=administration.secret(row))
    headers = {"Idempotent-Replayed": "true"} if answer.replayed else None
    return JSONResponse(shown.model_dump(mode="json"), status_code=201, headers=headers)


@router.get("/{webhook_id}", responses=SECURED_OBJECT)
def get_webhook(webhook_id: UUID, session: SessionDep, administration: AdministrationDep) -> WebhookItem:
    """Return a webhook."""
    return service.views(session, [administration.find(webhook_id)])[0]


@router.patch("/{webhook_id}", responses=CHANGE)
def change_webhook(
    webhook_id: UUID, wish: WebhookChange, session: SessionDep, administration: AdministrationDep
) -> WebhookItem:
    """Change a webhook, or switch it off or on."""
    return service.views(session, [administration.change(webhook_id, wish)])[0]


@router.delete("/{webhook_id}", status_code=204, responses=SECURED_OBJECT)
def delete_webhook(webhook_id: UUID, administration: AdministrationDep) -> None:
    """Remove a webhook with its log."""
    administration.delete(webhook_id)


@router.post("/{webhook_id}/rotate-secret", responses=SECURED_OBJECT)
def rotate_secret(
    webhook_id: UUID, wish: SecretRotation, session: SessionDep, administration: AdministrationDep
) -> WebhookWithSecret:
    """Give a webhook a new secret; the old one signs beside it for some hours."""
    row = administration.rotate(webhook_id, timedelta(hours=wish.overlap_hours))
    (item,) = service.views(session, [row])
    return WebhookWithSecret(**item.model_dump(), secret=administration.secret(row))


@router.post("/{webhook_id}/test", status_code=202, responses=SENDING)
def test_webhook(webhook_id: UUID, administration: AdministrationDep) -> DeliveryItem:
    """Send a test message; the log shows what becomes of it."""
    return _item(administration.test(webhook_id))


@router.get("/{webhook_id}/deliveries", responses=SECURED_OBJECT)
def list_deliveries(
    *,
    webhook_id: UUID,
    session: SessionDep,
    administration: AdministrationDep,
    state: State | None = None,
    cursor: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 25,
) -> DeliveryList:
    """List what was sent, newest first."""
    row = administration.find(webhook_id)
    rows = repository.log_page(session, row.id, state=state, before=cursor, limit=limit)
    shown = rows[:limit]
    return DeliveryList(
        items=[_item(delivery) for delivery in shown],
        next_cursor=str(shown[-1].id) if len(rows) > limit else None,
    )


@router.get("/{webhook_id}/deliveries/{delivery_id}", responses=SECURED_OBJECT)
def get_delivery(
    webhook_id: UUID, delivery_id: UUID, session: SessionDep, administration: AdministrationDep
) -> DeliveryDetail:
    """Return a delivery with what is sent and every attempt."""
    row = administration.find(webhook_id)
    delivery = administration.delivery(row, delivery_id)
    message = repository.message(session, delivery.message_id)
    return DeliveryDetail(
        **_item(delivery).model_dump(),
        body=message_body(message.body, thin=row.thin),
        log=[AttemptItem.model_validate(attempt) for attempt in repository.attempts(session, delivery.id)],
    )


@router.post("/{webhook_id}/deliveries/{delivery_id}/resend", status_code=202, responses=SENDING)
def resend(webhook_id: UUID, delivery_id: UUID, administration: AdministrationDep) -> DeliveryItem:
    """Send a message again."""
    return _item(administration.resend(webhook_id, delivery_id))


@router.post("/{webhook_id}/resend-failed", status_code=202, responses=SENDING)
def resend_failed(webhook_id: UUID, wish: ResendFailed, administration: AdministrationDep) -> ResentCount:
    """Send again what was given up."""
    return ResentCount(resent=administration.resend_failed(webhook_id, wish.since))


def _item(delivery: WebhookDelivery) -> DeliveryItem:
    item = DeliveryItem.model_validate(delivery)
    return item if item.state == "pending" else item.model_copy(update={"next_at": None})
