"""Rating an answer, and what follows from a bad one."""

from uuid import UUID

from munbot_common.auth import Principal
from munbot_common.clock import Clock
from munbot_common.outbox import record_events
from munbot_common.problems import Conflict
from sqlalchemy.orm import Session

from munbot_conversations.base import OUTBOX
from munbot_conversations.conversations import service as conversations
from munbot_conversations.feedback import events, repository
from munbot_conversations.feedback.models import MessageFeedback
from munbot_conversations.feedback.schemas import FeedbackWish
from munbot_conversations.messages import repository as messages
from munbot_conversations.messages.rules import storable
from munbot_conversations.messages.service import MessageNotFound
from munbot_conversations.unanswered import repository as unanswered


class MessageNotRatable(Conflict):
    """Only what was answered from the office's documents can be rated."""

    code = "message_not_ratable"
    title = "Ese mensaje no se puede calificar"


def rate(
    session: Session, principal: Principal, conversation_id: UUID, message_id: UUID, wish: FeedbackWish, *, clock: Clock
) -> MessageFeedback:
    """Note whether an answer was of use. A «down» puts its question before the office; taking it back takes it away.

    Others hear of it when the value is new.

    Raises:
        ConversationNotFound, MessageNotFound: there is none for the caller.
        MessageNotRatable: the message is no answer from documents.
    """
    conversations.readable(session, principal, conversation_id)
    message = messages.get(session, principal.tenant, message_id)
    if message is None or message.conversation_id != conversation_id:
        raise MessageNotFound
    if message.answer is None:
        raise MessageNotRatable
    now = clock()
    rating, before = repository.put(
        session,
        tenant=principal.tenant,
        message_id=message_id,
        value=wish.value,
        comment=storable(wish.comment) if wish.comment else None,
        rated_by=principal.role.value,
        now=now,
    )
    if wish.value == "down" and before != "down":
        unanswered.count(
            session,
            tenant=principal.tenant,
            kind="unhelpful",
            question=message.answer.question,
            conversation_id=conversation_id,
            message_id=message_id,
            now=now,
        )
    elif wish.value == "up" and before == "down":
        unanswered.take_back(session, tenant=principal.tenant, kind="unhelpful", message_id=message_id)
    if before != wish.value:
        told = events.rated(
            rating, conversation_id=conversation_id, answer=message.answer, previous=before, clock=clock
        )
        record_events(session, OUTBOX, [told])
    return rating
