"""Whose turn it is: one citizen's messages go out one at a time and in order.

A sender claims a lane (a citizen's row) by a token and moves its `due_at` on for as long as it lives; when it dies, the
lane falls due by itself. What a sender is about to hand to the provider is first committed as `sending`. A part that is
found `sending` may have gone out: it waits for a status with our reference, and goes again only when statuses have been
heard for a whole grace without one. All times are the database's.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from munbot_common.ids import uuid7
from munbot_common.messaging import Heard
from sqlalchemy import Interval, cast, func, literal, or_, select, update
from sqlalchemy.orm import Session

from munbot_whatsapp.accounts.models import AccountRow
from munbot_whatsapp.citizens.models import Citizen
from munbot_whatsapp.deliveries.attempts import LIFETIME
from munbot_whatsapp.deliveries.contents import Body
from munbot_whatsapp.deliveries.decisions import decide
from munbot_whatsapp.deliveries.models import Delivery, Part
from munbot_whatsapp.deliveries.states import OPEN, accepted, give_up, part_of
from munbot_whatsapp.providers.base import SendFailed

EXPIRED, OPTED_OUT = "expired", "opted_out"
LOOK_AGAIN_SECONDS = 1.0
_SENT_NOTED = timedelta(seconds=10)
"""The account's `last_sent_at` is kept no more often than this: all its senders would wait for its row."""


@dataclass(frozen=True, slots=True)
class Grace:
    """What an uncertain part waits for.

    Attributes:
        seconds: that statuses must have been heard since it was handed over, without one of it. A dead sender's claim
            of a lane lasts as long.
        heard: how much of the statuses has been heard; None when they cannot be heard now.
    """

    seconds: float
    heard: Heard | None

    def left(self, sending_for: float) -> float:
        """Return after how many seconds to look again at a part that has been `sending` for so long; 0: it may go."""
        if self.heard is None:
            return LOOK_AGAIN_SECONDS
        missing = self.seconds + self.heard.lag - min(sending_for, self.heard.since)
        return min(max(missing, LOOK_AGAIN_SECONDS), self.seconds) if missing > 0 else 0.0


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


def claim(session: Session, *, grace: Grace) -> Work | None:
    """Take the lane that has been due longest and begin its next part; None when no lane can go on.

    A lane that turns out to have nothing to send now is put off and the next one is looked at.

    Args:
        session: the transaction; its commit begins the part.
        grace: what an uncertain part waits for.
    """
    may_send = AccountRow.active & AccountRow.stopped_reason.is_(None)
    not_paused = or_(AccountRow.paused_until.is_(None), AccountRow.paused_until <= func.now())
    due = (
        select(Citizen, AccountRow, func.clock_timestamp())
        .join(AccountRow, AccountRow.id == Citizen.account_id)
        .where(Citizen.due_at <= func.now(), may_send, not_paused)
        .order_by(Citizen.due_at)
        .limit(1)
        .with_for_update(of=Citizen, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    while (found := session.execute(due).first()) is not None:
        lane, account, now = found
        token = lane.lease_token = uuid7()
        if (work := _begin_next(session, lane, account, token=token, now=now, grace=grace)) is not None:
            return work
    return None


def renew(session: Session, work: Work, *, seconds: float) -> None:
    """Keep a claim alive for so long while its sender works."""
    session.execute(
        update(Citizen)
        .where(
            Citizen.account_id == work.account.id, Citizen.address == work.address, Citizen.lease_token == work.token
        )
        .values(due_at=func.now() + _seconds(seconds))
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


def sent(session: Session, work: Work, provider_message_id: str, *, grace: Grace, go_on: bool = True) -> Work | None:
    """Note that the provider took the part, and begin the lane's next one if the lane is still this sender's.

    `go_on=False` lets go of the lane instead.
    """
    lane, account, now = _lock(session, work)
    part = part_of(session, work.part_id)
    if part is not None and Body.model_validate(part.body).reference(part.id) == work.reference:
        accepted(session, lane, part, provider_message_id, at=now)
        if account.last_sent_at is None or account.last_sent_at < now - _SENT_NOTED:
            account.last_sent_at = now
    return _go_on(session, lane, account, work, now=now, grace=grace, go_on=go_on)


def failed(
    session: Session, work: Work, error: SendFailed, *, pause: float, grace: Grace, go_on: bool = True
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
    lane, account, now = _lock(session, work)
    part = part_of(session, work.part_id)
    mine = lane.lease_token == work.token and part is not None and part.attempts == work.rounds
    if mine and part is not None and part.state == "sending":
        decide(session, account, part, error, pause=pause, now=now)
    return _go_on(session, lane, account, work, now=now, grace=grace, go_on=go_on)


def _go_on(
    session: Session,
    lane: Citizen,
    account: AccountRow,
    work: Work,
    *,
    now: datetime,
    grace: Grace,
    go_on: bool,
) -> Work | None:
    """Begin the next part of a lane that is still this sender's, unless it is to stop or the account is closed."""
    if lane.lease_token != work.token:
        return None
    paused = account.paused_until is not None and account.paused_until > now
    if not go_on or paused or not account.active or account.stopped_reason is not None:
        _let_go(lane, now)
        return None
    return _begin_next(session, lane, account, token=work.token, now=now, grace=grace)


def _begin_next(
    session: Session, lane: Citizen, account: AccountRow, *, token: UUID, now: datetime, grace: Grace
) -> Work | None:
    """Begin the lane's next part, or let go of the lane until there is one to be sent."""
    while (part := _head(session, lane)) is not None:
        delivery = session.get_one(Delivery, part.delivery_id)
        if (refusal := _refusal(lane, delivery, part, now)) is not None:
            give_up(session, delivery, refusal, at=now, part=part)
            continue
        due = part.next_attempt_at
        if part.state == "sending" and part.sending_since is not None:
            left = grace.left((now - part.sending_since).total_seconds())
            due = max(due, now + timedelta(seconds=left))
        if due > now:
            _let_go(lane, due)
            return None
        part.state, part.sending_since = "sending", now
        part.attempts += 1
        lane.due_at = now + timedelta(seconds=grace.seconds)
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


def _head(session: Session, lane: Citizen) -> Part | None:
    return session.scalar(
        select(Part)
        .where(Part.account_id == lane.account_id, Part.address == lane.address, Part.state.in_(OPEN))
        .order_by(Part.position)
        .limit(1)
        .execution_options(populate_existing=True)
    )


def _refusal(lane: Citizen, delivery: Delivery, part: Part, now: datetime) -> str | None:
    if delivery.created_at < now - LIFETIME:
        return EXPIRED
    unwanted = delivery.origin == "office" and lane.opted_out_at is not None
    return OPTED_OUT if unwanted and part.state == "queued" else None


def _let_go(lane: Citizen, due: datetime | None) -> None:
    lane.lease_token, lane.due_at = None, due


def _lock(session: Session, work: Work) -> tuple[Citizen, AccountRow, datetime]:
    """Lock the lane; returns it, its account and the present moment."""
    found = session.execute(
        select(Citizen, AccountRow, func.clock_timestamp())
        .join(AccountRow, AccountRow.id == Citizen.account_id)
        .where(Citizen.account_id == work.account.id, Citizen.address == work.address)
        .with_for_update(of=Citizen)
        .execution_options(populate_existing=True)
    ).one()
    return found[0], found[1], found[2]


def _seconds(value: float) -> Any:
    return cast(literal(timedelta(seconds=value)), Interval)
