"""Giving a conversation to an official, or back to all of them."""

from uuid import UUID

from munbot_common.auth import Principal
from munbot_common.clock import Clock
from munbot_common.outbox import record_events
from munbot_common.problems import Unprocessable
from sqlalchemy.orm import Session

from munbot_conversations.agents import repository as agents
from munbot_conversations.auth.service import current_agent
from munbot_conversations.base import OUTBOX
from munbot_conversations.conversations import events, service

TAKES_CONVERSATIONS = frozenset({"admin", "agent"})


class AgentNotAssignable(Unprocessable):
    """Not an active official of the tenant who may write."""

    code = "agent_not_assignable"
    title = "Esa persona no puede atender conversaciones"


def assign(
    session: Session, principal: Principal, conversation_id: UUID, *, agent_id: UUID | None, clock: Clock
) -> None:
    """Give a conversation to an official, or to nobody in particular; nothing happens when it is so already.

    Whoever is given one has the word, so the bot is silent from then on; the citizen goes on waiting until somebody
    takes over or writes. With nobody in particular it waits for any official, and the bot stays silent: giving the
    word back to it is a release.

    Raises:
        ConversationNotFound, ConversationClosed
        AgentNotAssignable: not an active official of the tenant who may write.
    """
    current_agent(session, principal)
    conversation = service.opened(session, principal, conversation_id)
    if agent_id == conversation.assigned_agent_id and (agent_id is None or conversation.mode == "human"):
        return
    before, now, waiting_since = service.word_of(conversation), clock(), conversation.waiting_since
    if agent_id is not None:
        chosen = agents.get(session, principal.tenant, agent_id)
        if chosen is None or not chosen.active or chosen.role not in TAKES_CONVERSATIONS:
            raise AgentNotAssignable
        minutes = conversation.human_minutes if conversation.mode == "human" else None
        out = service.take(session, conversation, agent_id=agent_id, minutes=minutes, clock=clock)
        conversation.waiting_since = None if principal.subject == str(agent_id) else waiting_since
    else:
        conversation.assigned_agent_id = None
        conversation.version += 1
        conversation.waiting_since = waiting_since or now
        out = [
            events.assigned(
                tenant=principal.tenant,
                conversation_id=conversation.id,
                agent_id=None,
                human_until=conversation.human_until or now,
                clock=clock,
            )
        ]
    service.audit(session, principal, "conversation.assign", conversation, before)
    session.flush()
    record_events(session, OUTBOX, out)
