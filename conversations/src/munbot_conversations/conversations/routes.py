"""/v1/conversations."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from munbot_common.auth import Principal, Role
from munbot_common.database import SessionDep
from munbot_common.problems import Forbidden, Unauthorized, Unprocessable, problem_responses
from munbot_contracts.messages import Channel
from sqlalchemy.orm import Session

from munbot_conversations.auth.service import AgentInactive
from munbot_conversations.conversations import assignment, repository, service
from munbot_conversations.conversations.models import Conversation
from munbot_conversations.conversations.schemas import (
    AgentBrief,
    Assignment,
    AttentionAnswer,
    ContactBrief,
    ConversationItem,
    ConversationPage,
    HandoffRequest,
    LastMessage,
    Mode,
    Status,
    Takeover,
    WaitingCount,
)
from munbot_conversations.dependencies import ClockDep, OwnDep, ReaderDep, ServiceDep, WriterDep, reader_of
from munbot_conversations.paging import CursorInvalid, decode_time, encode

router = APIRouter(prefix="/v1/conversations", tags=["conversations"])

_READ = problem_responses(Unauthorized, Forbidden, service.ConversationNotFound, Unprocessable)
_CHANGE = problem_responses(
    Unauthorized,
    Forbidden,
    AgentInactive,
    service.ConversationNotFound,
    service.ConversationClosed,
    Unprocessable,
)
_ASSIGN = problem_responses(
    Unauthorized,
    Forbidden,
    AgentInactive,
    service.ConversationNotFound,
    service.ConversationClosed,
    assignment.AgentNotAssignable,
)


@router.get("", responses=problem_responses(Unauthorized, Forbidden, CursorInvalid))
def list_conversations(
    principal: ReaderDep,
    session: SessionDep,
    *,
    status: Status | None = None,
    mode: Mode | None = None,
    channel: Channel | None = None,
    waiting: bool | None = None,
    agent_id: UUID | None = None,
    mine: Annotated[bool | None, Query(description="those that the asking official has, or has not")] = None,
    unread: Annotated[bool | None, Query(description="those in which the asking official has to read")] = None,
    contact_id: UUID | None = None,
    q: Annotated[str | None, Query(max_length=100, description="words of the name, phone or address")] = None,
    cursor: Annotated[str | None, Query(max_length=300)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ConversationPage:
    """List the tenant's conversations, the most recently active first."""
    rows = repository.page(
        session,
        tenant=principal.tenant,
        reader=reader_of(principal),
        unread=unread,
        mine=mine,
        status=status,
        mode=mode,
        channel=channel,
        waiting=waiting,
        agent_id=agent_id,
        contact_id=contact_id,
        q=q,
        after=decode_time(cursor),
        limit=limit,
    )
    last = rows[-1].Conversation if len(rows) == limit else None
    return ConversationPage(
        items=[_item(row, reads=principal.is_staff) for row in rows],
        next_cursor=encode(last.last_message_at, last.id) if last else None,
    )


@router.get("/waiting", responses=problem_responses(Unauthorized, Forbidden))
def count_waiting(principal: ReaderDep, session: SessionDep) -> WaitingCount:
    """Count those who wait for a person; every open page of the panel shows it, and asks again at each event."""
    return WaitingCount(count=repository.waiting(session, principal.tenant))


@router.get("/{conversation_id}", responses=_READ)
def get_conversation(conversation_id: UUID, principal: OwnDep, session: SessionDep) -> ConversationItem:
    """Return one conversation; a citizen does not see what officials note about it."""
    service.readable(session, principal, conversation_id)
    found = _one(session, principal, conversation_id)
    if principal.role is Role.VISITOR:
        return found.model_copy(
            update={
                "handoff_reason": None,
                "handoff_summary": None,
                "summary": None,
                "assigned_agent": None,
                "unread": 0,
            }
        )
    return found


@router.post("/{conversation_id}/takeover", responses=_CHANGE)
def take_over(
    conversation_id: UUID, principal: WriterDep, session: SessionDep, clock: ClockDep, wish: Takeover | None = None
) -> ConversationItem:
    """Silence the bot and take the conversation."""
    service.takeover(session, principal, conversation_id, minutes=wish.minutes if wish else None, clock=clock)
    return _one(session, principal, conversation_id)


@router.post("/{conversation_id}/release", responses=_CHANGE)
def release(conversation_id: UUID, principal: WriterDep, session: SessionDep, clock: ClockDep) -> ConversationItem:
    """Let the bot speak again."""
    service.release(session, principal, conversation_id, clock=clock)
    return _one(session, principal, conversation_id)


@router.post("/{conversation_id}/assign", responses=_ASSIGN)
def assign(
    conversation_id: UUID, wish: Assignment, principal: WriterDep, session: SessionDep, clock: ClockDep
) -> ConversationItem:
    """Give the conversation to an official, who has the word from then on, or to nobody in particular."""
    assignment.assign(session, principal, conversation_id, agent_id=wish.agent_id, clock=clock)
    return _one(session, principal, conversation_id)


@router.post("/{conversation_id}/close", responses=_CHANGE)
def close(conversation_id: UUID, principal: WriterDep, session: SessionDep, clock: ClockDep) -> ConversationItem:
    """End the conversation."""
    service.close(session, principal, conversation_id, clock=clock)
    return _one(session, principal, conversation_id)


@router.post("/{conversation_id}/handoff", responses=_CHANGE)
def hand_off(
    conversation_id: UUID,
    wish: HandoffRequest,
    request: Request,
    *,
    principal: ServiceDep,
    session: SessionDep,
    clock: ClockDep,
) -> AttentionAnswer:
    """Ask for a person, as the dialogue does; says when people answer."""
    summarise: bool = request.app.state.summarises
    return service.handoff(session, principal, conversation_id, wish, clock=clock, summarise=summarise)


def _one(session: Session, principal: Principal, conversation_id: UUID) -> ConversationItem:
    row = repository.details(session, principal.tenant, conversation_id, reader_of(principal))
    if row is None:
        raise service.ConversationNotFound
    return _item(row, reads=principal.is_staff)


def _item(row: repository.NamedRow, *, reads: bool) -> ConversationItem:
    conversation: Conversation = row.Conversation
    agent = conversation.assigned_agent_id
    return ConversationItem(
        id=conversation.id,
        status=conversation.status,
        mode=conversation.mode,
        channel=conversation.channel,
        account=conversation.account,
        contact=ContactBrief(
            id=conversation.contact_id, name=row.contact_name, phone=row.phone, address=conversation.address
        ),
        assigned_agent=AgentBrief(id=agent, name=row.agent_name) if agent else None,
        human_until=conversation.human_until,
        waiting_since=conversation.waiting_since,
        handoff_reason=conversation.handoff_reason,
        handoff_summary=conversation.handoff_summary,
        summary=conversation.summary,
        version=conversation.version,
        last_seq=conversation.last_seq,
        unread=max(row.unread, 0) if reads else 0,
        last_message=LastMessage(
            text=conversation.last_text, sender_type=conversation.last_sender, at=conversation.last_message_at
        ),
        created_at=conversation.created_at,
        closed_at=conversation.closed_at,
    )
