"""What parts and deliveries are, and become. They never go back.

Whoever changes a part or a delivery has locked its lane, the citizen's row: no other lock is needed.
"""

from datetime import datetime
from uuid import UUID

from munbot_common.logs import bound_correlation_id, get_logger
from munbot_common.outbox import make_event, record_events
from munbot_contracts.messages import MESSAGE_STATUS, MessageStatus
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from munbot_whatsapp.accounts.models import AccountRow
from munbot_whatsapp.base import OUTBOX, SERVICE
from munbot_whatsapp.citizens.models import Citizen
from munbot_whatsapp.deliveries.contents import Body
from munbot_whatsapp.deliveries.models import Delivery, Part
from munbot_whatsapp.providers.base import STATUS_RANK

log = get_logger("deliveries")

LONGEST_CODE, LONGEST_ID = 80, 300
OPEN = ("queued", "sending")


def accepted(session: Session, lane: Citizen, part: Part, provider_message_id: str, *, at: datetime) -> None:
    """Note that the provider has taken a part.

    A truth whoever tells it: the sender that sent it, however late, or a status with our reference.
    """
    if part.state not in OPEN:
        if part.provider_message_id != provider_message_id:
            log.warning("part_accepted_again", part=str(part.id), state=part.state)
        return
    part.state = "sent"
    part.sent_at = at
    part.error_code = None
    taken = select(Part.id).where(
        Part.account_id == part.account_id, Part.provider_message_id == provider_message_id, Part.id != part.id
    )
    if len(provider_message_id) <= LONGEST_ID and session.scalar(taken) is None:
        part.provider_message_id = provider_message_id
    else:  # only its statuses will not be known, which is better than to send it for ever
        log.error("provider_message_id_unusable", part=str(part.id))
    delivery = session.get_one(Delivery, part.delivery_id)
    lane.menu = Body.model_validate(part.body).menu_after(lane.menu, delivery.content.get("in_reply_to"))
    raise_status(session, part, "sent", at=at)


def raise_status(session: Session, part: Part, status: str, *, at: datetime) -> bool:
    """Note how far a part has come, and with it its delivery; False when it is not farther than it was."""
    if STATUS_RANK[status] <= STATUS_RANK[part.status]:
        return False
    part.status = status
    statuses = session.scalars(
        select(Part.status).where(Part.delivery_id == part.delivery_id, Part.state != "dropped")
    ).all()
    farthest = min(statuses, key=STATUS_RANK.__getitem__)
    _settle(session, session.get_one(Delivery, part.delivery_id), farthest, None, at=at)
    return True


def give_up(session: Session, delivery: Delivery, code: str, *, at: datetime, part: Part | None = None) -> None:
    """Let a delivery end as failed: `part` failed, what of it is still to be sent is dropped."""
    if part is not None:
        part.state = part.status = "failed"
        part.error_code = code
    drop_others(session, delivery, part)
    _settle(session, delivery, "failed", code, at=at)


def drop_others(session: Session, delivery: Delivery, part: Part | None) -> None:
    """Let what of a delivery is still to be sent, but for `part`, not be sent."""
    session.execute(
        update(Part)
        .where(Part.delivery_id == delivery.id, Part.state.in_(OPEN), Part.id != (part.id if part else None))
        .values(state="dropped")
    )


def clean_code(code: str) -> str:
    """Return a provider's code as it can be stored."""
    return "".join(character for character in code if character.isprintable())[:LONGEST_CODE] or "unknown"


def part_of(session: Session, part_id: UUID) -> Part | None:
    """Return a part as it is now."""
    return session.get(Part, part_id, populate_existing=True)


def _settle(session: Session, delivery: Delivery, status: str, code: str | None, *, at: datetime) -> None:
    """Raise the delivery to what all its parts have reached, and tell the hub."""
    told = {"played": "read"}.get(status, status)
    if STATUS_RANK[told] <= STATUS_RANK[delivery.status]:
        return
    delivery.status = told
    delivery.error_code = code
    account = session.get_one(AccountRow, delivery.account_id)
    fact = MessageStatus.model_validate(
        {
            "message_id": delivery.id,
            "channel": "whatsapp",
            "account": account.slug,
            "status": told,
            "at": at,
            "error_code": code,
        }
    )
    with bound_correlation_id(delivery.correlation_id):
        event = make_event(
            source=SERVICE,
            event_type=MESSAGE_STATUS,
            subject=str(delivery.id),
            tenant=delivery.tenant_id,
            data=fact,
        )
    record_events(session, OUTBOX, [event])
