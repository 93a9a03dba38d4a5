"""Messages that the office begins: queued, and told to the hub, in one transaction."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from munbot_common.ids import uuid7
from munbot_common.logs import correlation_id
from munbot_common.outbox import make_event, record_events
from munbot_contracts.messages import MESSAGE_INITIATED, Button, MessageInitiated, Sender
from sqlalchemy.orm import Session

from munbot_whatsapp.accounts import repository as accounts
from munbot_whatsapp.accounts.models import AccountRow
from munbot_whatsapp.base import OUTBOX, SERVICE
from munbot_whatsapp.deliveries import service as deliveries
from munbot_whatsapp.deliveries.contents import Content, StoredTemplate
from munbot_whatsapp.flows import repository
from munbot_whatsapp.flows.catalogue import flows
from munbot_whatsapp.flows.schemas import Accepted, MessageProgress, PartStatus, SendRequest, StartRequest
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
from munbot_whatsapp.providers.base import Provider

WINDOW = timedelta(hours=24) - timedelta(minutes=5)
"""Since the citizen last wrote, in which free words are taken; a little less, as ours take their time."""


def content_of(request: SendRequest | StartRequest) -> Content:
    """Return what a request wants to be said.

    Raises:
        FlowUnknown: no such flow.
        FlowDataInvalid: the flow needs other data.
    """
    if isinstance(request, StartRequest):
        flow = flows().get(request.flow)
        if flow is None:
            raise FlowUnknown
        given = {name for name, value in request.data.items() if value.strip()}
        errors = [
            {"field": f"data.{name}", "code": code, "detail": detail}
            for names, code, detail in (
                (set(flow.data) - given, "missing", "Falta este dato"),
                (set(request.data) - set(flow.data), "unknown", "Este dato no es del flujo"),
            )
            for name in sorted(names)
        ]
        if errors:
            raise FlowDataInvalid(errors=errors)
        return flow.fill(request.data)
    buttons = [Button(title=button.title, payload=button.payload) for button in request.buttons]
    template = request.template and StoredTemplate(
        **request.template.model_dump(), buttons=[button.payload for button in buttons]
    )
    return Content(text=request.text, buttons=buttons, template=template)


def send(
    session: Session,
    tenant: str,
    request: SendRequest | StartRequest,
    *,
    provider: Callable[[str], Provider],
    now: datetime,
) -> Accepted:
    """Queue a message to a citizen.

    Args:
        session: the request's transaction.
        tenant: whose citizen.
        request: what, to whom, from which account.
        provider: by name.
        now: the present moment.

    Raises:
        AccountUnknown, AccountRequired, AccountInactive: from which number is not clear, or not possible.
        OptedOut: the citizen does not want it.
        WindowClosed: the provider takes only a template now, and there is none.
        FlowUnknown, FlowDataInvalid: as `content_of`.
    """
    content = content_of(request)
    account = _account(session, tenant, request.account)
    address = request.to.removeprefix("+")
    citizen = repository.citizen(session, account.id, address)
    if citizen is not None and citizen.opted_out_at is not None:
        raise OptedOut
    written = citizen.last_inbound_at if citizen is not None else None
    late = written is None or written < now - WINDOW
    looks = provider(account.provider)
    if late and looks.has_window and content.template is None:
        raise WindowClosed
    message_id = uuid7()
    deliveries.queue(
        session,
        account,
        message_id=message_id,
        address=address,
        content=content,
        correlation_id=correlation_id.get(),
        looks=looks,
        origin="office",
        as_template=late,
    )
    fact = MessageInitiated(
        message_id=message_id,
        channel="whatsapp",
        account=account.slug,
        recipient=Sender(address=address, phone=request.to),
        text=content.text,
        buttons=content.buttons,
        created_at=now,
    )
    event = make_event(source=SERVICE, event_type=MESSAGE_INITIATED, subject=str(message_id), tenant=tenant, data=fact)
    record_events(session, OUTBOX, [event])
    return Accepted(id=message_id, account=account.slug, status="queued")


def progress(session: Session, tenant: str, message_id: UUID) -> MessageProgress:
    """Return what became of a tenant's message.

    Raises:
        MessageUnknown: no such message.
    """
    found = repository.delivery(session, tenant, message_id)
    if found is None:
        raise MessageUnknown
    delivery, slug = found
    parts = [PartStatus.model_validate(part, from_attributes=True) for part in repository.parts(session, message_id)]
    return MessageProgress.model_validate(
        {
            "id": delivery.id,
            "account": slug,
            "status": delivery.status,
            "error_code": delivery.error_code,
            "created_at": delivery.created_at,
            "parts": parts,
        }
    )


def _account(session: Session, tenant: str, slug: str | None) -> AccountRow:
    if slug is not None:
        account = accounts.get(session, tenant, slug)
        if account is None:
            raise AccountUnknown
        if not account.active:
            raise AccountInactive
        return account
    active = [account for account in accounts.all_of(session, tenant) if account.active]
    if not active:
        raise AccountUnknown
    if len(active) > 1:
        raise AccountRequired(extra={"accounts": [account.slug for account in active]})
    return active[0]
