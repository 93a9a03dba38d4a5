"""PUT /v1/conversations/{id}/read."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from munbot_common.database import SessionDep
from munbot_common.problems import Forbidden, Unauthorized, Unprocessable, problem_responses
from pydantic import BaseModel, Field

from munbot_conversations.auth.service import AgentInactive, current_agent
from munbot_conversations.conversations.service import ConversationNotFound, readable
from munbot_conversations.dependencies import ClockDep, StaffDep
from munbot_conversations.reading import repository

router = APIRouter(prefix="/v1/conversations", tags=["conversations"])


class ReadTo(BaseModel):
    """Up to which message an official has read."""

    seq: Annotated[int, Field(ge=0, le=2_147_483_647, description="position of the last message that was read")]
    back: Annotated[bool, Field(description="also backwards, as when a conversation is marked as unread")] = False


class ReadState(BaseModel):
    """How far the asking official has read."""

    seq: int
    unread: int = Field(description="messages of the citizen after it")


@router.put(
    "/{conversation_id}/read",
    responses=problem_responses(Unauthorized, Forbidden, AgentInactive, ConversationNotFound, Unprocessable),
)
def mark_read(
    conversation_id: UUID, wish: ReadTo, principal: StaffDep, session: SessionDep, clock: ClockDep
) -> ReadState:
    """Note how far the calling official has read; each has their own position. A late request never goes back."""
    agent = current_agent(session, principal)
    readable(session, principal, conversation_id)
    repository.place(
        session,
        tenant=principal.tenant,
        agent_id=agent.id,
        conversation_id=conversation_id,
        seq=wish.seq,
        back=wish.back,
        now=clock(),
    )
    seq, unread = repository.of(session, agent.id, conversation_id)
    return ReadState(seq=seq, unread=unread)
