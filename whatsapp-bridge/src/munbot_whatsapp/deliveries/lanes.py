"""Whose turn it is: one citizen's messages go out one at a time and in order.

A sender claims a lane (a citizen's row) by a token and moves its `due_at` on for as long as it lives; when it dies, the
lane falls due by itself. What a sender is about to hand to the provider is first committed as `sending`. A part that is
found `sending` may have gone out: it waits `grace` seconds for a status with our reference, and only then goes again.
All times are the database's.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from munbot_common.ids import uuid7
from sqlalchemy import Interval, cast, func, literal, or_, select, update
from sqlalchemy.orm import Session

from munbot_whatsapp.accounts.models import AccountRow
from munbot_whatsapp.citizens.models import Citizen
from munbot_whatsapp.deliveries.attempts import LIFETIME
from munbot_whatsapp.deliveries.contents import Body
from munbot_whatsapp.deliveries.models import Delivery, Part
from munbot_whatsapp.deliveries.progress import accepted, fall_back, give_up
from munbot_whatsapp.providers.base import Decision, SendFailed

EXPIRED, OPTED_OUT = "expired", "opted_out"


@dataclass(frozen=True, slots=True)
class Work:
    """A part that is `sending` now, by the sender that has the lane.

    Attributes:
        token: of the claim.
        rounds: which round of tries this is, from 1.
        queued_at: when the delivery was queued.
    """

    token: UUID
    account: AccountRow
    address: str
    part_id: UUID
    reference: str
    body: Body
    rounds: int
    queued_at: datetime
    correlation_id: str


def claim(session: Session, *, grace: float) -> Work | None:
    """Take the lane that has been due longest and begin its next part; None when no lane can go on.

    A lane that turns out to have nothing to send now is put off and the next one is looked at.

    Args:
        session: the transaction; its commit begins the part.
        grace: seconds that a dead sender's claim lasts, and that an uncertain part waits for its status.
    """
    may_send = AccountRow.active & AccountRow.stopped_reason.is_(None)
    not_paused = or_(AccountRow.paused_until.is_(None), AccountRow.paused_until <= func.now())
    due = (
        select(Citizen, AccountRow)
        .join(AccountRow, AccountRow.id == Citizen.account_id)
        .where(Citizen.due_at <= func.now(), may_send, not_paused)
        .order_by(Citizen.due_at)
        .limit(1)
        .with_for_update(of=Citizen, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    while (found := session.execute(due).first()) is not None:
        lane, account = found
        token = lane.lease_token = uuid7()
        if (work := _begin_next(session, lane, account, token=token, grace=grace)) is not None:
            return work
    return None


def renew(session: Session, work: Work, *, grace: float) -> None:
    """Keep a claim alive while its sender works."""
    session.execute(
        update(Citizen)
        .where(
            Citizen.account_id == work.account.id, Citizen.address == work.address, Citizen.lease_token == work.token
        )
        .values(due_at=func.now() + _seconds(grace))
    )


def try_again(session: Session, work: Work) -> bool:
    """Note that a part is being handed over once more; False when it is no longer this sender's to send."""
    mine = (
        update(Part)
        .where(
            Part.id == work.part_id,
            Part.state == "sending",
            Part.attempts == work.rounds,
            select(Citizen.address)
            .where(
                Citizen.account_id == work.account.id,
                Citizen.address == work.address,
                Citizen.lease_token == work.token,
            )
            .exists(),
        )
        .values(sending_since=func.now())
        .returning(Part.id)
    )
    return session.execute(mine).first() is not None


def sent(session: Session, work: Work, provider_message_id: str, *, grace: float, go_on: bool = True) -> Work | None:
    """Note that the provider took the part, and begin the lane's next one if the lane is still this sender's.

    `go_on=False` lets go of the lane instead.
    """
    lane = _lock(session, work)
    part = session.get(Part, work.part_id, with_for_update=True, populate_existing=True)
    if part is not None:
        accepted(session, lane, part, provider_message_id, at=_now(session))
        _note_sent(session, work.account.id)
    if lane.lease_token != work.token:
        return None
    return _go_on(session, lane, work, grace=grace, go_on=go_on)


def failed(
    session: Session, work: Work, error: SendFailed, *, pause: float, grace: float, go_on: bool = True
) -> Work | None:
    """Note that a part was not sent, and what follows from it; begins the lane's next part when this one is given up.

    Args:
        session: the transaction.
        work: what was tried.
        error: what the provider said.
        pause: seconds until it may be tried again, if it may.
        grace: as in `claim`.
        go_on: False lets go of the lane instead.
    """
    lane = _lock(session, work)
    part = session.get(Part, work.part_id, with_for_update=True, populate_existing=True)
    if lane.lease_token != work.token or part is None:
        return None
    now = _now(session)
    if part.state == "sending" and part.attempts == work.rounds:
        account = session.get_one(AccountRow, work.account.id, populate_existing=True)
        _decide(session, account, part, error, until=now + timedelta(seconds=pause), now=now)
        session.flush()
    return _go_on(session, lane, work, grace=grace, go_on=go_on)


def _begin_next(session: Session, lane: Citizen, account: AccountRow, *, token: UUID, grace: float) -> Work | None:
    """Begin the lane's next part, or let go of the lane until there is one to be sent."""
    now = _now(session)
    while (part := _head(session, lane)) is not None:
        delivery = session.get_one(Delivery, part.delivery_id)
        if (refusal := _refusal(lane, delivery, part, now)) is not None:
            give_up(session, delivery, refusal, at=now, part=part)
            continue
        due = part.next_attempt_at
        if part.state == "sending" and part.sending_since is not None:
            due = max(due, part.sending_since + timedelta(seconds=grace))
        if due > now:
            _let_go(lane, due)
            return None
        part.state, part.sending_since = "sending", now
        part.attempts += 1
        lane.due_at = now + timedelta(seconds=grace)
        body = Body.model_validate(part.body)
        return Work(
            token=token,
            account=account,
            address=lane.address,
            part_id=part.id,
            reference=body.reference(part.id),
            body=body,
            rounds=part.attempts,
            queued_at=delivery.created_at,
            correlation_id=delivery.correlation_id,
        )
    _let_go(lane, None)
    return None


def _go_on(session: Session, lane: Citizen, work: Work, *, grace: float, go_on: bool) -> Work | None:
    """Begin the next part of a lane that is still this sender's, unless it is to stop or the account is closed."""
    account = session.get_one(AccountRow, work.account.id, populate_existing=True)
    if not go_on or _closed(account, _now(session)):
        _let_go(lane, func.now())
        return None
    return _begin_next(session, lane, account, token=work.token, grace=grace)


def _decide(
    session: Session, account: AccountRow, part: Part, error: SendFailed, *, until: datetime, now: datetime
) -> None:
    delivery = session.get_one(Delivery, part.delivery_id)
    code = "".join(character for character in error.code if character.isprintable())[:80]
    account.last_error_code, account.last_error_at = code, now
    part.error_code = code
    if error.decision == Decision.PERMANENT:
        give_up(session, delivery, code, at=now, part=part)
        return
    if error.decision == Decision.WINDOW_CLOSED:
        if not fall_back(session, delivery, part):
            give_up(session, delivery, code, at=now, part=part)
        return
    if error.decision == Decision.STOP:
        account.stopped_reason = code
    else:
        part.next_attempt_at = until
    if error.decision == Decision.WAIT_ACCOUNT:
        account.paused_until = until
    if not error.uncertain:
        part.state = "queued"


def _head(session: Session, lane: Citizen) -> Part | None:
    return session.scalar(
        select(Part)
        .where(Part.account_id == lane.account_id, Part.address == lane.address, Part.state.in_(("queued", "sending")))
        .order_by(Part.position)
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _refusal(lane: Citizen, delivery: Delivery, part: Part, now: datetime) -> str | None:
    if delivery.created_at < now - LIFETIME:
        return EXPIRED
    unwanted = delivery.origin == "office" and lane.opted_out_at is not None
    return OPTED_OUT if unwanted and part.state == "queued" else None


def _closed(account: AccountRow, now: datetime) -> bool:
    paused = account.paused_until is not None and account.paused_until > now
    return paused or not account.active or account.stopped_reason is not None


def _note_sent(session: Session, account_id: UUID) -> None:
    """Keep the account's `last_sent_at`, at most every ten seconds: all its senders would wait for this row."""
    stale = or_(AccountRow.last_sent_at.is_(None), AccountRow.last_sent_at < func.now() - _seconds(10))
    session.execute(
        update(AccountRow)
        .where(AccountRow.id == account_id, stale)
        .values(last_sent_at=func.now())
        .execution_options(synchronize_session=False)
    )


def _let_go(lane: Citizen, due: Any) -> None:
    lane.lease_token, lane.due_at = None, due


def _lock(session: Session, work: Work) -> Citizen:
    return session.get_one(Citizen, (work.account.id, work.address), with_for_update=True, populate_existing=True)


def _now(session: Session) -> datetime:
    now: datetime = session.scalars(select(func.clock_timestamp())).one()
    return now


def _seconds(value: float) -> Any:
    return cast(literal(timedelta(seconds=value)), Interval)
