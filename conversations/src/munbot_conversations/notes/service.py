"""Writing notes."""

from uuid import UUID

from munbot_common.auth import Principal
from munbot_common.clock import Clock
from munbot_common.ids import uuid7
from munbot_common.outbox import record_events
from sqlalchemy.orm import Session

from munbot_conversations.audit.service import record
from munbot_conversations.auth.service import current_agent
from munbot_conversations.base import OUTBOX
from munbot_conversations.conversations import events
from munbot_conversations.conversations.service import readable
from munbot_conversations.messages.rules import storable
from munbot_conversations.notes.models import Note


def add(session: Session, principal: Principal, conversation_id: UUID, *, text: str, clock: Clock) -> tuple[Note, str]:
    """Store a note; returns it and its author's name. The audit log says that there is one, not what it says.

    Raises:
        ConversationNotFound: there is none.
    """
    agent = current_agent(session, principal)
    conversation = readable(session, principal, conversation_id)
    note = Note(
        id=uuid7(),
        tenant_id=principal.tenant,
        conversation_id=conversation.id,
        agent_id=agent.id,
        text=storable(text),
        after_seq=conversation.last_seq,
        created_at=clock(),
    )
    session.add(note)
    session.flush()
    news = events.noted(
        tenant=principal.tenant, conversation_id=conversation.id, note_id=note.id, agent_id=agent.id, clock=clock
    )
    record_events(session, OUTBOX, [news])
    record(
        session,
        principal,
        action="conversation.note",
        object_type="conversation",
        object_id=conversation.id,
        after={"note_id": str(note.id)},
    )
    return note, agent.name
