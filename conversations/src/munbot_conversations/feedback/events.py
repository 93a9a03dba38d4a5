"""Event about a rating, written to the outbox in its transaction."""

from typing import Any
from uuid import UUID

from munbot_common.clock import Clock
from munbot_common.outbox import make_event
from munbot_contracts import Event
from munbot_contracts.messages import MESSAGE_FEEDBACK, KnowledgeAnswer, MessageFeedback

from munbot_conversations.base import SERVICE
from munbot_conversations.feedback import models


def rated(
    rating: models.MessageFeedback,
    *,
    conversation_id: UUID,
    answer: KnowledgeAnswer,
    previous: str | None,
    clock: Clock,
) -> Event[Any]:
    """Return the event that tells of a new rating, or of a changed one.

    Args:
        rating: as it is stored now.
        conversation_id: where the answer was given.
        answer: what was rated.
        previous: the value of before; None for the first.
        clock: the time of day.
    """
    data = MessageFeedback.model_validate(
        {
            "message_id": rating.message_id,
            "conversation_id": conversation_id,
            "value": rating.value,
            "previous": previous,
            "rated_by": rating.rated_by,
            "question": answer.question,
            "comment": rating.comment,
            "sources": [source.model_dump() for source in answer.sources],
        }
    )
    return make_event(
        source=SERVICE,
        event_type=MESSAGE_FEEDBACK,
        subject=str(rating.message_id),
        tenant=rating.tenant_id,
        data=data,
        clock=clock,
    )
