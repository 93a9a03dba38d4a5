"""What providers tell of our messages after they took them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from munbot_whatsapp.accounts.models import AccountRow
from munbot_whatsapp.citizens.models import Citizen
from munbot_whatsapp.deliveries.attempts import pause
from munbot_whatsapp.deliveries.contents import Body
from munbot_whatsapp.deliveries.decisions import decide, send_anew
from munbot_whatsapp.deliveries.models import Delivery, Part
from munbot_whatsapp.deliveries.states import OPEN, accepted, clean_code, give_up, part_of, raise_status
from munbot_whatsapp.events import StatusReceived
from munbot_whatsapp.providers.base import STATUS_RANK, Decision, SendFailed

Outcome = Literal["applied", "stale", "unknown"]

SENT_ANEW = 2
"""How often a message goes again that the provider took and then refused for a reason that may pass."""


def apply_status(session: Session, *, account_id: UUID, status: StatusReceived) -> Outcome:
    """Note what a provider told of one of our messages, in the caller's transaction.

    A part that may have gone out is `sent` now, and its lane goes on at once. What the provider took and then refused
    is decided on as if it had refused it at once: it goes again, or as its template, or has failed.

    Args:
        session: the transaction; the message's lane is locked.
        account_id: whose webhook told it.
        status: what it told.

    Returns:
        `stale`: known already, or overtaken. `unknown`: of no message of ours.
    """
    found = _find(session, account_id, status)
    if found is None:
        return "unknown"
    known = found.provider_message_id == status.provider_message_id
    if known and STATUS_RANK[status.status] <= STATUS_RANK[found.status]:
        return "stale"  # most are: `sent` was noted with the provider's answer; nothing is locked for them
    key = (found.account_id, found.address)
    lane = session.get_one(Citizen, key, with_for_update=True, populate_existing=True)
    part = part_of(session, found.id)
    if part is None or not _speaks_of(status, part):
        return "unknown"
    was_open = part.state in OPEN
    if was_open:
        accepted(session, lane, part, status.provider_message_id, at=status.at)
        _free(lane)
    if part.state != "sent" or part.provider_message_id not in (None, status.provider_message_id):
        return "stale"  # given up; or of a second copy, of which we do not know: the first one counts
    if status.status == "failed":
        return _refused(session, lane, part, status)
    return "applied" if raise_status(session, part, status.status, at=status.at) or was_open else "stale"


def _refused(session: Session, lane: Citizen, part: Part, status: StatusReceived) -> Outcome:
    if STATUS_RANK["failed"] <= STATUS_RANK[part.status]:
        return "stale"
    now: datetime = session.scalars(select(func.clock_timestamp())).one()
    error = SendFailed(Decision(status.decision or Decision.PERMANENT), status.error_code or "unknown")
    generation = Body.model_validate(part.body).generation
    final = error.decision in (Decision.PERMANENT, Decision.WINDOW_CLOSED)
    if part.status != "sent" or (generation >= SENT_ANEW and not final):
        delivery = session.get_one(Delivery, part.delivery_id)
        give_up(session, delivery, clean_code(error.code), at=now, part=part)
        return "applied"
    account = session.get_one(AccountRow, part.account_id)
    if not final:
        send_anew(part)
    decide(session, account, part, error, pause=pause(error, part.attempts), now=now)
    _free(lane)
    return "applied"


def _free(lane: Citizen) -> None:
    """Let the senders look at a lane now, unless one of them is at work there."""
    if lane.lease_token is None:
        lane.due_at = func.now()


def _find(session: Session, account_id: UUID, status: StatusReceived) -> Part | None:
    of_account = select(Part).where(Part.account_id == account_id)
    part = session.scalar(of_account.where(Part.provider_message_id == status.provider_message_id))
    if part is not None or not status.reference:
        return part
    try:
        named = UUID(status.reference.partition(".")[0])
    except ValueError:
        return None
    return session.scalar(of_account.where(Part.id == named))


def _speaks_of(status: StatusReceived, part: Part) -> bool:
    """Whether it is of the part as it is now, and not of words that it was before."""
    if part.provider_message_id == status.provider_message_id:
        return True
    return status.reference == Body.model_validate(part.body).reference(part.id)
