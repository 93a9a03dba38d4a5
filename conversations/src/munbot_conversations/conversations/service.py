"""Who has the word: takeover, release, handoff and closing."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from munbot_common.auth import Principal, Role
from munbot_common.clock import Clock
from munbot_common.outbox import record_events
from munbot_common.problems import Conflict, NotFound
from munbot_contracts import Event
from sqlalchemy.orm import Session

from munbot_conversations.audit.service import record
from munbot_conversations.auth.service import current_agent
from munbot_conversations.base import OUTBOX
from munbot_conversations.conversations import events, repository, summaries
from munbot_conversations.conversations.models import Conversation
from munbot_conversations.conversations.rules import silence_is_over
from munbot_conversations.conversations.schemas import AttentionAnswer, HandoffRequest
from munbot_conversations.numbers import facts
from munbot_conversations.tenants import rules as attention_rules
from munbot_conversations.tenants import service as tenants
from munbot_conversations.tenants.models import Tenant


class ConversationNotFound(NotFound):
    """No such conversation for this caller."""

    code = "conversation_not_found"
    title = "Esa conversación no existe"


class ConversationClosed(Conflict):
    """It is over."""

    code = "conversation_closed"
    title = "La conversación ya está cerrada"


def readable(session: Session, principal: Principal, conversation_id: UUID) -> Conversation:
    """Return a conversation that the caller may read: of the tenant, and for a citizen one of their own.

    Raises:
        ConversationNotFound: there is none for them.
    """
    found = repository.get(session, principal.tenant, conversation_id)
    if found is None or not _may_read(session, principal, found):
        raise ConversationNotFound
    return found


def _may_read(session: Session, principal: Principal, conversation: Conversation) -> bool:
    if principal.role is not Role.VISITOR or conversation.id == principal.conversation_id:
        return True
    # Their conversation was closed and they wrote again: the new one is theirs, too.
    named = repository.get(session, principal.tenant, principal.conversation_id) if principal.conversation_id else None
    return named is not None and (named.contact_id, named.channel, named.account) == (
        conversation.contact_id,
        conversation.channel,
        conversation.account,
    )


def takeover(
    session: Session, principal: Principal, conversation_id: UUID, *, minutes: int | None, clock: Clock
) -> None:
    """Give the word to the calling agent; replies of the bot that are under way are discarded.

    Raises:
        ConversationNotFound, ConversationClosed
    """
    agent = current_agent(session, principal)
    conversation = opened(session, principal, conversation_id)
    before = word_of(conversation)
    out = take(session, conversation, agent_id=agent.id, minutes=minutes, clock=clock)
    audit(session, principal, "conversation.takeover", conversation, before)
    session.flush()
    record_events(session, OUTBOX, out)


def release(session: Session, principal: Principal, conversation_id: UUID, *, clock: Clock) -> None:
    """Give the word back to the bot; nothing happens when it has it.

    Raises:
        ConversationNotFound, ConversationClosed
    """
    conversation = opened(session, principal, conversation_id)
    if conversation.mode == "bot":
        return
    before = word_of(conversation)
    repository.give_back_to_bot(conversation)
    facts.person_left(session, [conversation.id], clock())
    audit(session, principal, "conversation.release", conversation, before)
    session.flush()
    event = events.released(tenant=principal.tenant, conversation_id=conversation.id, by="agent", clock=clock)
    record_events(session, OUTBOX, [event])


def close(session: Session, principal: Principal, conversation_id: UUID, *, clock: Clock) -> None:
    """End a conversation; the citizen's next message opens a new one. Nothing happens when it is closed.

    Raises:
        ConversationNotFound: there is none.
    """
    conversation = locked(session, principal, conversation_id)
    if conversation.status == "closed":
        return
    before = word_of(conversation)
    conversation.status = "closed"
    conversation.version += 1
    conversation.closed_at = clock()
    conversation.waiting_since = None
    facts.person_left(session, [conversation.id], conversation.closed_at)
    audit(session, principal, "conversation.close", conversation, before)
    session.flush()
    event = events.closed(tenant=principal.tenant, conversation_id=conversation.id, by="agent", clock=clock)
    record_events(session, OUTBOX, [event])


def handoff(
    session: Session,
    principal: Principal,
    conversation_id: UUID,
    wish: HandoffRequest,
    *,
    clock: Clock,
    summarise: bool = False,
) -> AttentionAnswer:
    """Silence the bot and put the conversation before people, as the dialogue asks.

    The version stays: the replies of the very turn that asks for a person ("una persona le responderá…") must still
    reach the citizen. An agent who takes over afterwards changes it.

    Raises:
        ConversationNotFound, ConversationClosed
    """
    conversation = opened(session, principal, conversation_id)
    tenant = tenants.require(session, principal.tenant)
    now = clock()
    answer = attention_answer(tenant, now)
    if conversation.mode == "human" and not silence_is_over(conversation.mode, conversation.human_until, now):
        return answer
    facts.person_left(session, [conversation.id], now)
    conversation.mode = "human"
    conversation.human_minutes = tenant.takeover_minutes
    conversation.human_until = now + timedelta(minutes=tenant.takeover_minutes)
    conversation.waiting_since = now
    conversation.assigned_agent_id = None
    conversation.handoff_reason = wish.reason
    conversation.handoff_summary = wish.summary
    session.flush()
    facts.person_asked(session, tenant=principal.tenant, conversation_id=conversation.id, reason=wish.reason, now=now)
    event = events.handoff_requested(
        tenant=principal.tenant,
        conversation_id=conversation.id,
        reason=wish.reason,
        human_until=conversation.human_until,
        open_now=answer.open_now,
        clock=clock,
    )
    record_events(session, OUTBOX, [event])
    if summarise:
        summaries.ask(session, conversation, clock)
    return answer


def attention_answer(tenant: Tenant, now: datetime) -> AttentionAnswer:
    """Return whether people of a tenant answer now, in the tenant's own time."""
    state = tenants.attention_now(tenant, now)
    return AttentionAnswer(
        open_now=state.open_now,
        opens_at=state.opens_at.astimezone(ZoneInfo(tenant.timezone)) if state.opens_at else None,
        attention_hours_text=attention_rules.hours_text(attention_rules.parse_openings(tenant.attention_hours)),
    )


def take(
    session: Session, conversation: Conversation, *, agent_id: UUID, minutes: int | None, clock: Clock
) -> list[Event[Any]]:
    """Silence the bot in a locked conversation, give the word to an agent, and return what there is to tell."""
    length = minutes or tenants.require(session, conversation.tenant_id).takeover_minutes
    now = clock()
    if silence_is_over(conversation.mode, conversation.human_until, now):
        facts.person_left(session, [conversation.id], now)
    facts.person_took(
        session, tenant=conversation.tenant_id, conversation_id=conversation.id, agent_id=agent_id, now=now
    )
    conversation.mode = "human"
    conversation.version += 1
    conversation.human_minutes = length
    conversation.human_until = now + timedelta(minutes=length)
    conversation.assigned_agent_id = agent_id
    conversation.waiting_since = None
    return [
        events.assigned(
            tenant=conversation.tenant_id,
            conversation_id=conversation.id,
            agent_id=agent_id,
            human_until=conversation.human_until,
            clock=clock,
        )
    ]


def locked(session: Session, principal: Principal, conversation_id: UUID) -> Conversation:
    """Return a conversation of the caller's tenant with its row locked.

    Raises:
        ConversationNotFound: there is none.
    """
    found = repository.lock(session, principal.tenant, conversation_id)
    if found is None:
        raise ConversationNotFound
    return found


def opened(session: Session, principal: Principal, conversation_id: UUID) -> Conversation:
    """Return a conversation that goes on, with its row locked.

    Raises:
        ConversationNotFound, ConversationClosed
    """
    found = locked(session, principal, conversation_id)
    if found.status == "closed":
        raise ConversationClosed
    return found


def word_of(conversation: Conversation) -> dict[str, Any]:
    """Return who has the word, as the audit log keeps it."""
    return {
        "status": conversation.status,
        "mode": conversation.mode,
        "assigned_agent_id": str(conversation.assigned_agent_id) if conversation.assigned_agent_id else None,
        "human_until": conversation.human_until.isoformat() if conversation.human_until else None,
    }


def audit(
    session: Session, principal: Principal, action: str, conversation: Conversation, before: dict[str, Any]
) -> None:
    """Note who changed who has the word."""
    record(
        session,
        principal,
        action=action,
        object_type="conversation",
        object_id=conversation.id,
        before=before,
        after=word_of(conversation),
    )
