"""Reading messages."""

from uuid import UUID

from munbot_common.auth import Principal, Role
from munbot_common.problems import NotFound
from sqlalchemy.orm import Session

from munbot_conversations.conversations import service as conversations
from munbot_conversations.messages import repository
from munbot_conversations.messages.models import Message
from munbot_conversations.messages.schemas import MessageItem, MessageState


class MessageNotFound(NotFound):
    """No such message for this caller."""

    code = "message_not_found"
    title = "Ese mensaje no existe"


def shown_to(principal: Principal, message: Message) -> MessageItem:
    """Return a message as the caller may see it: a citizen is not told who wrote it, nor why it failed."""
    item = MessageItem.model_validate(message)
    if principal.role is not Role.VISITOR:
        return item
    return item.model_copy(update={"agent_id": None, "media_problem": None, "delivery_error": None})


def state_of(session: Session, principal: Principal, message_id: UUID) -> MessageState:
    """Return what became of a message that the caller may read.

    Raises:
        MessageNotFound: there is none for them.
    """
    message = repository.get(session, principal.tenant, message_id)
    if message is None:
        raise MessageNotFound
    try:
        conversations.readable(session, principal, message.conversation_id)
    except conversations.ConversationNotFound as error:
        raise MessageNotFound from error
    waits_told = message.state == "pending" and message.last_error is not None
    return MessageState(
        id=message.id,
        conversation_id=message.conversation_id,
        seq=message.seq,
        status=message.state,
        outcome="deferred" if waits_told else message.outcome,
        replies=[
            shown_to(principal, reply) for reply in repository.replies_to(session, message.joined_into or message.id)
        ],
    )
