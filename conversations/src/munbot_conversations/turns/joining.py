"""Messages that a citizen writes one after the other are one turn.

Where people write in bursts («hola» · «necesito hora» · «para licencia»), the first message waits a moment for the
next, each of which prolongs the wait; then all of them are asked as one. The last of them stands for the turn, so that
replies, tries and Rasa's tracker know one message; the earlier ones are `joined` and name it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from munbot_contracts.messages import MessageKind
from sqlalchemy import ColumnElement, and_, func, literal, select, text, update
from sqlalchemy.orm import Session

from munbot_conversations.messages.models import Message
from munbot_conversations.turns import repository
from munbot_conversations.turns.repository import Turn

CHANNELS = frozenset({"whatsapp"})
"""Where people write in bursts. The web page sends when its field is ready, and waits for the answer."""

LONGEST_WAIT = 3
"""For so many windows at most the first message waits, however fast the next ones come."""
MOST = 10
"""So many messages at most are one turn."""


@dataclass(frozen=True, slots=True)
class Next:
    """A message that waits behind another one."""

    id: UUID
    created_at: datetime
    joins: bool


def joins(*, channel: str, kind: str, payload: str | None, opt: str | None) -> bool:
    """Tell whether a message is plain words on a channel where words come in bursts."""
    return channel in CHANNELS and kind == MessageKind.TEXT and payload is None and opt is None


def chain(first: datetime, waiting: Sequence[Next], window: timedelta) -> list[UUID]:
    """Return which of the waiting messages, oldest first, belong to the burst that began at `first`."""
    found: list[UUID] = []
    before = first
    for message in waiting[: MOST - 1]:
        if not message.joins or message.created_at - before > window:
            break
        found.append(message.id)
        before = message.created_at
    return found


def prolong(session: Session, conversation_id: UUID, *, window: timedelta, now: datetime) -> None:
    """Let the oldest waiting message, if it waits for others, wait for one window more."""
    head = (
        select(Message.id)
        .where(Message.conversation_id == conversation_id, Message.state == "pending")
        .order_by(Message.seq)
        .limit(1)
        .scalar_subquery()
    )
    session.execute(
        update(Message)
        .where(Message.id == head, Message.attempts == 0, Message.next_attempt_at > now, _is_plain())
        .values(next_attempt_at=func.least(Message.created_at + literal(window * LONGEST_WAIT), now + window))
        .execution_options(synchronize_session=False)
    )


def join(session: Session, turn: Turn, *, window: timedelta, now: datetime) -> tuple[Turn, list[UUID]]:
    """Return the turn of the whole burst that a claimed message begins, and what was joined to it just now.

    Both happen in the transaction of the claim: a later try finds the same messages joined. A message that was asked
    before stays what it was then.
    """
    if not joins(channel=turn.channel, kind=turn.kind, payload=turn.payload, opt=turn.opt):
        return turn, []
    joined: list[UUID] = []
    if window and turn.attempts == 1:
        burst = [turn.message_id, *chain(turn.created_at, _waiting(session, turn), window)]
        *joined, last = burst
        if joined:
            session.execute(text("SET LOCAL synchronous_commit TO DEFAULT"))  # events are written
            turn = _close(session, joined, last, now)
    return replace(turn, text="\n".join([*_earlier_words(session, turn), turn.text])), joined


def _close(session: Session, joined: Sequence[UUID], last: UUID, now: datetime) -> Turn:
    session.execute(
        update(Message)
        .where(Message.id.in_(joined))
        .values(state="handled", outcome="joined", joined_into=last, handled_at=now, next_attempt_at=None)
        .execution_options(synchronize_session=False)
    )
    turn = repository.claim(session, last, now)
    if turn is None:
        msg = "somebody without the conversation's lock has ended a turn"
        raise RuntimeError(msg)
    return turn


def _waiting(session: Session, turn: Turn) -> list[Next]:
    rows = session.execute(
        select(Message.id, Message.created_at, and_(_is_plain(), Message.attempts == 0))
        .where(
            Message.conversation_id == turn.conversation_id,
            Message.state == "pending",
            Message.seq > turn.seq,
        )
        .order_by(Message.seq)
        .limit(MOST)
    )
    return [Next(*row) for row in rows]


def _is_plain() -> ColumnElement[bool]:
    """Say `joins` in SQL."""
    return and_(
        Message.channel.in_(CHANNELS),
        Message.kind == MessageKind.TEXT.value,
        Message.payload.is_(None),
        Message.opt.is_(None),
    )


def _earlier_words(session: Session, turn: Turn) -> Sequence[str]:
    return session.scalars(
        select(Message.text).where(Message.joined_into == turn.message_id).order_by(Message.seq)
    ).all()
