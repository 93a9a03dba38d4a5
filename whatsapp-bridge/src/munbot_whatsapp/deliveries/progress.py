"""What became of what we sent: parts, and the delivery that they make up, never go back."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from munbot_common.logs import bound_correlation_id, get_logger
from munbot_common.outbox import make_event, record_events
from munbot_contracts.messages import MESSAGE_STATUS, MessageStatus
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from munbot_whatsapp.accounts.models import AccountRow
from munbot_whatsapp.base import OUTBOX, SERVICE
from munbot_whatsapp.citizens.models import Citizen
from munbot_whatsapp.deliveries.contents import Body, Content
from munbot_whatsapp.deliveries.models import Delivery, Part
from munbot_whatsapp.deliveries.rendering import template_of
from munbot_whatsapp.events import StatusReceived
from munbot_whatsapp.providers.base import STATUS_RANK, Decision

log = get_logger("deliveries")

Outcome = Literal["applied", "stale", "unknown"]


def apply_status(session: Session, *, account_id: UUID, status: StatusReceived) -> Outcome:
    """Note what a provider told of one of our messages, in the caller's transaction.

    A part that was left `sending` is `sent` now, and its lane goes on at once. A message that the provider refuses
    afterwards because its 24 hours are over goes again as its template, if it has one.

    Args:
        session: the transaction; the lane, the part and the delivery are locked in this order.
        account_id: whose webhook told it.
        status: what it told.

    Returns:
        `stale`: known already, or overtaken. `unknown`: of no message of ours.
    """
    found = _find(session, account_id, status)
    if found is None:
        return "unknown"
    lane = _lock_lane(session, found.account_id, found.address)
    part = session.get_one(Part, found.id, with_for_update=True, populate_existing=True)
    freed = part.state == "sending"
    if freed:
        accepted(session, lane, part, status.provider_message_id, at=status.at)
        if lane.lease_token is None:
            lane.due_at = func.now()
    elif part.provider_message_id not in (None, status.provider_message_id):
        return "stale"  # of a second copy, of which we do not know; the first one counts
    if status.status == "failed":
        return refused(session, lane, part, status)
    return "applied" if _raise(session, part, status.status, at=status.at) or freed else "stale"


def accepted(session: Session, lane: Citizen, part: Part, provider_message_id: str, *, at: datetime) -> None:
    """Note that the provider has taken a part; the lane's row is locked by the caller.

    A truth whoever tells it: the sender that sent it, however late, or a status with our reference.
    """
    if part.state == "sent" and part.provider_message_id == provider_message_id:
        return
    if part.state not in ("queued", "sending"):
        log.warning("part_accepted_again", part=str(part.id), state=part.state)
        return
    part.state = "sent"
    part.sent_at = at
    part.error_code = None
    taken = select(Part.id).where(
        Part.account_id == part.account_id, Part.provider_message_id == provider_message_id, Part.id != part.id
    )
    if len(provider_message_id) <= 300 and session.scalar(taken) is None:
        part.provider_message_id = provider_message_id
    else:  # only its statuses will not be known, which is better than to send it for ever
        log.error("provider_message_id_unusable", part=str(part.id))
    delivery = session.get_one(Delivery, part.delivery_id)
    lane.menu = Body.model_validate(part.body).menu_after(lane.menu, delivery.content.get("in_reply_to"))
    _raise(session, part, "sent", at=at)


def refused(session: Session, lane: Citizen, part: Part, status: StatusReceived) -> Outcome:
    """Note that the provider gave a part up after it had taken it."""
    delivery = session.get_one(Delivery, part.delivery_id)
    code = status.error_code or "unknown"
    if status.decision == Decision.WINDOW_CLOSED and part.state == "sent" and fall_back(session, delivery, part):
        lane.due_at = func.coalesce(lane.due_at, func.now())
        return "applied"
    if STATUS_RANK["failed"] <= STATUS_RANK[part.status]:
        return "stale"
    give_up(session, delivery, code, at=status.at, part=part)
    return "applied"


def fall_back(session: Session, delivery: Delivery, part: Part) -> bool:
    """Let a delivery go as its template, in the place of `part`; False when it has none, or when it went as one."""
    content = Content.model_validate(delivery.content)
    if content.template is None or Body.model_validate(part.body).template is not None:
        return False
    part.body = template_of(content, fallback=True).dump()
    part.state = part.status = "queued"
    part.provider_message_id = part.sending_since = part.error_code = None
    part.next_attempt_at = func.now()
    _drop_others(session, delivery.id, part.id)
    return True


def give_up(session: Session, delivery: Delivery, code: str, *, at: datetime, part: Part | None = None) -> None:
    """Let a delivery end as failed: `part` failed, what of it is still to be sent is dropped."""
    if part is not None:
        part.state = part.status = "failed"
        part.error_code = code[:80]
    _drop_others(session, delivery.id, part.id if part is not None else None)
    _settle(session, delivery.id, "failed", code[:80], at=at)


def _drop_others(session: Session, delivery_id: UUID, but: UUID | None) -> None:
    session.execute(
        update(Part)
        .where(Part.delivery_id == delivery_id, Part.state.in_(("queued", "sending")), Part.id != but)
        .values(state="dropped")
    )


def _find(session: Session, account_id: UUID, status: StatusReceived) -> Part | None:
    of_account = select(Part).where(Part.account_id == account_id)
    part = session.scalar(of_account.where(Part.provider_message_id == status.provider_message_id))
    if part is not None or not status.reference:
        return part
    try:
        named = UUID(status.reference.partition(".")[0])
    except ValueError:
        return None
    part = session.scalar(of_account.where(Part.id == named))
    if part is None or Body.model_validate(part.body).reference(part.id) != status.reference:
        return None
    return part


def _lock_lane(session: Session, account_id: UUID, address: str) -> Citizen:
    return session.get_one(Citizen, (account_id, address), with_for_update=True, populate_existing=True)


def _raise(session: Session, part: Part, status: str, *, at: datetime) -> bool:
    if STATUS_RANK[status] <= STATUS_RANK[part.status]:
        return False
    part.status = status
    session.flush()
    statuses = session.scalars(
        select(Part.status).where(Part.delivery_id == part.delivery_id, Part.state != "dropped")
    ).all()
    _settle(session, part.delivery_id, min(statuses, key=STATUS_RANK.__getitem__), None, at=at)
    return True


def _settle(session: Session, delivery_id: UUID, status: str, code: str | None, *, at: datetime) -> None:
    """Raise the delivery to what all its parts have reached, and tell the hub."""
    delivery = session.get_one(Delivery, delivery_id, with_for_update=True, populate_existing=True)
    told = {"played": "read"}.get(status, status)
    if STATUS_RANK[told] <= STATUS_RANK[delivery.status]:
        return
    delivery.status = told
    delivery.error_code = code
    slug = session.scalars(select(AccountRow.slug).where(AccountRow.id == delivery.account_id)).one()
    with bound_correlation_id(delivery.correlation_id):
        fact = MessageStatus.model_validate(
            {
                "message_id": delivery.id,
                "channel": "whatsapp",
                "account": slug,
                "status": told,
                "at": at,
                "error_code": code,
            }
        )
        event = make_event(
            source=SERVICE,
            event_type=MESSAGE_STATUS,
            subject=str(delivery.id),
            tenant=delivery.tenant_id,
            data=fact,
        )
        record_events(session, OUTBOX, [event])
