"""/v1/conversations/{id}/messages/{id}/feedback."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from munbot_common.auth import Principal, Role
from munbot_common.database import SessionDep
from munbot_common.problems import Forbidden, Unauthorized, Unprocessable, problem_responses

from munbot_conversations.conversations.service import ConversationNotFound
from munbot_conversations.dependencies import WRITERS, ClockDep, require_present
from munbot_conversations.feedback import service
from munbot_conversations.feedback.schemas import FeedbackItem, FeedbackWish
from munbot_conversations.messages.service import MessageNotFound

router = APIRouter(prefix="/v1/conversations", tags=["messages"])

RaterDep = Annotated[Principal, Depends(require_present(*WRITERS, Role.VISITOR, Role.SERVICE))]
"""The citizen in their own conversation, an official who may act, or the channel in the citizen's name."""


@router.put(
    "/{conversation_id}/messages/{message_id}/feedback",
    responses=problem_responses(
        Unauthorized, Forbidden, ConversationNotFound, MessageNotFound, service.MessageNotRatable, Unprocessable
    ),
)
def rate(
    conversation_id: UUID,
    message_id: UUID,
    wish: FeedbackWish,
    *,
    principal: RaterDep,
    session: SessionDep,
    clock: ClockDep,
) -> FeedbackItem:
    """Say whether an answer was of use. Saying it again changes it; no turn of the dialogue follows."""
    return FeedbackItem.model_validate(service.rate(session, principal, conversation_id, message_id, wish, clock=clock))
