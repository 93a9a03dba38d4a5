"""Queries on notes."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from munbot_conversations.agents.models import Agent
from munbot_conversations.notes.models import Note

NOTES_LIMIT = 500
"""How many of the newest notes of a conversation are shown."""


def of_conversation(session: Session, tenant: str, conversation_id: UUID) -> Sequence[Row[Note, str]]:
    """Return the notes of a conversation with their authors' names, oldest first."""
    rows = session.execute(
        select(Note, Agent.name)
        .join(Agent, Agent.id == Note.agent_id)
        .where(Note.tenant_id == tenant, Note.conversation_id == conversation_id)
        .order_by(Note.id.desc())
        .limit(NOTES_LIMIT)
    ).all()
    return rows[::-1]
