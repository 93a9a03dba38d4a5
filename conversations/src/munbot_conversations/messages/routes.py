"""/v1/conversations/{id}/messages and /v1/messages."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from munbot_common.database import SessionDep
from munbot_common.idempotency import Answer, IdempotencyKey, IdempotencyKeyReused, answer_once
from munbot_common.problems import Forbidden, Unauthorized, Unprocessable, problem_responses

from munbot_conversations.auth.service import AgentInactive
from munbot_conversations.base import IDEMPOTENCY
from munbot_conversations.conversations import service as conversations
from munbot_conversations.conversations.schemas import AgentMessage
from munbot_conversations.dependencies import ClockDep, OwnDep, WriterDep
from munbot_conversations.messages import repository, sending, service
from munbot_conversations.messages.schemas import MessageItem, MessagePage, MessageState

router = APIRouter(prefix="/v1", tags=["messages"])

Seq = Annotated[int | None, Query(ge=0, le=2_147_483_647)]


@router.get(
    "/conversations/{conversation_id}/messages",
    responses=problem_responses(Unauthorized, Forbidden, conversations.ConversationNotFound, Unprocessable),
)
def list_messages(
    conversation_id: UUID,
    principal: OwnDep,
    session: SessionDep,
    *,
    after_seq: Seq = None,
    before_seq: Seq = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> MessagePage:
    """List messages in order: those after `after_seq`, or the last ones before `before_seq`."""
    conversations.readable(session, principal, conversation_id)
    if before_seq is not None and after_seq is None:
        rows = repository.before(
            session, tenant=principal.tenant, conversation_id=conversation_id, seq=before_seq, limit=limit
        )
    else:
        rows = repository.after(
            session, tenant=principal.tenant, conversation_id=conversation_id, seq=after_seq or 0, limit=limit
        )
    return MessagePage(items=[service.shown_to(principal, row) for row in rows])


@router.post(
    "/conversations/{conversation_id}/messages",
    status_code=201,
    response_model=MessageItem,
    responses=problem_responses(
        Unauthorized,
        Forbidden,
        AgentInactive,
        conversations.ConversationNotFound,
        conversations.ConversationClosed,
        IdempotencyKeyReused,
        Unprocessable,
    ),
)
def send_message(
    conversation_id: UUID,
    wish: AgentMessage,
    principal: WriterDep,
    session: SessionDep,
    clock: ClockDep,
    *,
    response: Response,
    key: IdempotencyKey = None,
) -> object:
    """Write to the citizen as the calling agent; the bot is silent from then on."""

    def send() -> Answer:
        message = sending.agent_message(session, principal, conversation_id, text=wish.text, clock=clock)
        return Answer(201, MessageItem.model_validate(message).model_dump(mode="json"))

    answer = answer_once(
        session,
        IDEMPOTENCY,
        principal=principal,
        operation=f"message:{conversation_id}",
        key=key,
        request=wish,
        respond=send,
    )
    response.status_code = answer.status
    return answer.body


@router.get(
    "/messages/{message_id}",
    responses=problem_responses(Unauthorized, Forbidden, service.MessageNotFound, Unprocessable),
)
def get_message(message_id: UUID, principal: OwnDep, session: SessionDep) -> MessageState:
    """Return what became of a citizen's message, and the replies to it."""
    return service.state_of(session, principal, message_id)
