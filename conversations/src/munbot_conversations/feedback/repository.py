"""Statements on ratings."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from munbot_conversations.feedback.models import MessageFeedback


def put(
    session: Session,
    *,
    tenant: str,
    message_id: UUID,
    value: str,
    comment: str | None,
    rated_by: str,
    now: datetime,
) -> tuple[MessageFeedback, str | None]:
    """Store what is now said of a message; return it, and the value that it had before (None for the first)."""
    given = {"value": value, "comment": comment, "rated_by": rated_by, "updated_at": now}
    made = session.scalar(
        insert(MessageFeedback)
        .values(message_id=message_id, tenant_id=tenant, created_at=now, **given)
        .on_conflict_do_nothing()
        .returning(MessageFeedback)
    )
    if made is not None:
        return made, None
    known = session.scalars(
        select(MessageFeedback).where(MessageFeedback.message_id == message_id).with_for_update()
    ).one()
    before = known.value
    for name, new in given.items():
        setattr(known, name, new)
    session.flush()
    return known, before
