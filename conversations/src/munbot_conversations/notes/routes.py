"""/v1/conversations/{id}/notes."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from munbot_common.database import SessionDep
from munbot_common.idempotency import Answer, IdempotencyKey, IdempotencyKeyReused, answer_once
from munbot_common.problems import Forbidden, Unauthorized, Unprocessable, problem_responses
from pydantic import BaseModel, Field, StringConstraints

from munbot_conversations.auth.service import AgentInactive
from munbot_conversations.base import IDEMPOTENCY
from munbot_conversations.conversations.schemas import AgentBrief
from munbot_conversations.conversations.service import ConversationNotFound, readable
from munbot_conversations.dependencies import ClockDep, StaffDep, WriterDep
from munbot_conversations.notes import repository, service
from munbot_conversations.notes.models import NOTE_LIMIT, Note

router = APIRouter(prefix="/v1/conversations", tags=["notes"])


class NoteWish(BaseModel):
    """What an official wants to note."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=NOTE_LIMIT)]


class NoteItem(BaseModel):
    """A note, for officials only."""

    id: UUID
    agent: AgentBrief
    text: str
    after_seq: int = Field(description="position of the conversation's last message when it was written")
    created_at: datetime


class NoteList(BaseModel):
    """Notes, oldest first."""

    items: list[NoteItem]


@router.get(
    "/{conversation_id}/notes",
    responses=problem_responses(Unauthorized, Forbidden, ConversationNotFound, Unprocessable),
)
def list_notes(conversation_id: UUID, principal: StaffDep, session: SessionDep) -> NoteList:
    """List what officials noted about a conversation."""
    readable(session, principal, conversation_id)
    rows = repository.of_conversation(session, principal.tenant, conversation_id)
    return NoteList(items=[_item(row.Note, row.name) for row in rows])


@router.post(
    "/{conversation_id}/notes",
    status_code=201,
    response_model=NoteItem,
    responses=problem_responses(
        Unauthorized, Forbidden, AgentInactive, ConversationNotFound, IdempotencyKeyReused, Unprocessable
    ),
)
def add_note(
    conversation_id: UUID,
    wish: NoteWish,
    principal: WriterDep,
    session: SessionDep,
    clock: ClockDep,
    *,
    response: Response,
    key: IdempotencyKey = None,
) -> object:
    """Note something about a conversation, closed ones included; the citizen never sees it."""

    def add() -> Answer:
        note, author = service.add(session, principal, conversation_id, text=wish.text, clock=clock)
        return Answer(201, _item(note, author).model_dump(mode="json"))

    operation = f"note:{conversation_id}"
    answer = answer_once(
        session, IDEMPOTENCY, principal=principal, operation=operation, key=key, request=wish, respond=add
    )
    response.status_code = answer.status
    return answer.body


def _item(note: Note, author: str) -> NoteItem:
    return NoteItem(
        id=note.id,
        agent=AgentBrief(id=note.agent_id, name=author),
        text=note.text,
        after_seq=note.after_seq,
        created_at=note.created_at,
    )
