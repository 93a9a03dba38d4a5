"""Noting what figures are made from, in the transaction of what happens."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from munbot_common.ids import uuid7
from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.orm import Session

from munbot_conversations.conversations.models import Conversation
from munbot_conversations.numbers.models import Handoff, Visit

TAKEOVER = "takeover"


def came(session: Session, conversation: Conversation, now: datetime) -> None:
    """Note that a citizen came to talk."""
    session.execute(
        insert(Visit).values(
            id=uuid7(),
            tenant_id=conversation.tenant_id,
            conversation_id=conversation.id,
            channel=conversation.channel,
            started_at=now,
            person_at=now if conversation.mode == "human" else None,
        )
    )


def person_asked(session: Session, *, tenant: str, conversation_id: UUID, reason: str, now: datetime) -> None:
    """Note that a person is wanted; nothing changes while one is."""
    _open(session, tenant=tenant, conversation_id=conversation_id, asked=True, reason=reason, agent_id=None, now=now)


def person_took(session: Session, *, tenant: str, conversation_id: UUID, agent_id: UUID, now: datetime) -> None:
    """Note who took the word first."""
    _open(
        session,
        tenant=tenant,
        conversation_id=conversation_id,
        asked=False,
        reason=TAKEOVER,
        agent_id=agent_id,
        now=now,
    )


def person_answered(session: Session, conversation_id: UUID, now: datetime) -> None:
    """Note a person's first answer."""
    session.execute(
        update(Handoff)
        .where(Handoff.conversation_id == conversation_id, Handoff.ended_at.is_(None), Handoff.answered_at.is_(None))
        .values(answered_at=now)
        .execution_options(synchronize_session=False)
    )


def person_left(session: Session, conversation_ids: Sequence[UUID], now: datetime) -> None:
    """Note that a person's turn is over: released, run out or closed."""
    if not conversation_ids:
        return
    session.execute(
        update(Handoff)
        .where(Handoff.conversation_id.in_(conversation_ids), Handoff.ended_at.is_(None))
        .values(ended_at=now)
        .execution_options(synchronize_session=False)
    )


def _open(
    session: Session,
    *,
    tenant: str,
    conversation_id: UUID,
    asked: bool,
    reason: str,
    agent_id: UUID | None,
    now: datetime,
) -> None:
    statement = pg_insert(Handoff).values(
        id=uuid7(),
        tenant_id=tenant,
        conversation_id=conversation_id,
        asked=asked,
        reason=reason,
        agent_id=agent_id,
        requested_at=now,
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[Handoff.conversation_id],
            index_where=Handoff.ended_at.is_(None),
            set_={"agent_id": func.coalesce(Handoff.agent_id, statement.excluded.agent_id)},
        )
    )
    latest = (
        select(Visit.id)
        .where(Visit.conversation_id == conversation_id)
        .order_by(Visit.started_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    session.execute(
        update(Visit)
        .where(Visit.id == latest, Visit.person_at.is_(None))
        .values(person_at=now)
        .execution_options(synchronize_session=False)
    )
