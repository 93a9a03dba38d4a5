"""The chat over plain HTTP, for integrators and tests."""

from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Header, Query, Request, Response, status
from fastapi.responses import StreamingResponse
from munbot_common.auth import PrincipalDep, TokenInvalid
from munbot_common.problems import Conflict, NotFound, Unavailable, problem_responses

from munbot_web.chat.feedback import FeedbackService
from munbot_web.chat.hub import Hub, TenantUnknown
from munbot_web.chat.media import FileAway, FileUnknown, MediaDoor
from munbot_web.chat.problems import (
    HubAway,
    KeyInvalid,
    KeyReused,
    MessageEmpty,
    MessageTooLong,
    PayloadInvalid,
    TooFast,
    VisitorOnly,
)
from munbot_web.chat.schemas import (
    AcceptedResponse,
    FeedbackRequest,
    FeedbackResponse,
    HistoryResponse,
    MessageRequest,
    RepliesResponse,
    SessionRequest,
    SessionResponse,
)
from munbot_web.chat.service import ChatService, Visitor

router = APIRouter(prefix="/api/chat", tags=["chat"])

MAX_WAIT_SECONDS = 30
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/octet-stream": {}}, "description": "The file, under its own content type"}
}


def get_visitor(principal: PrincipalDep) -> Visitor:
    """Return the citizen that the token speaks for."""
    return Visitor.of(principal)


def get_chat(request: Request) -> ChatService:
    """Return the service that the lifespan built."""
    chat: ChatService = request.app.state.chat
    return chat


def get_feedback(request: Request) -> FeedbackService:
    """Return the service that the lifespan built."""
    feedback: FeedbackService = request.app.state.feedback
    return feedback


VisitorDep = Annotated[Visitor, Depends(get_visitor)]
ChatDep = Annotated[ChatService, Depends(get_chat)]
FeedbackDep = Annotated[FeedbackService, Depends(get_feedback)]


@router.post(
    "/sessions",
    status_code=status.HTTP_201_CREATED,
    responses=problem_responses(TenantUnknown, Unavailable),
)
async def open_session(body: SessionRequest, request: Request) -> SessionResponse:
    """Open a conversation, or continue the one of this session key."""
    hub: Hub = request.app.state.hub
    return await hub.open_session(body.tenant, body.session_key or str(uuid4()), body.name)


@router.post(
    "/messages",
    status_code=status.HTTP_202_ACCEPTED,
    response_model=None,
    responses={
        202: {"model": AcceptedResponse, "description": "The message is safe; its replies come later"},
        200: {"model": RepliesResponse, "description": "With `wait`: the replies to this message"},
        **problem_responses(
            TokenInvalid,
            VisitorOnly,
            MessageEmpty,
            MessageTooLong,
            PayloadInvalid,
            KeyInvalid,
            KeyReused,
            TooFast,
            HubAway,
        ),
    },
)
async def send_message(
    *,
    body: MessageRequest,
    visitor: VisitorDep,
    chat: ChatDep,
    response: Response,
    wait: Annotated[float | None, Query(gt=0, le=MAX_WAIT_SECONDS, description="seconds")] = None,
    idempotency_key: Annotated[str | None, Header(max_length=1_000)] = None,
) -> AcceptedResponse | RepliesResponse:
    """Send a message. It is safe when this answers; with `wait` the answer carries the replies to it."""
    if wait is None:
        accepted = await chat.accept(visitor, body.text, via="http", payload=body.payload, key=idempotency_key)
        return AcceptedResponse(message_id=accepted.message_id, conversation_id=accepted.conversation_id)
    replies = await chat.accept_and_wait(visitor, body.text, seconds=wait, payload=body.payload, key=idempotency_key)
    response.status_code = status.HTTP_200_OK
    return replies


@router.get("/messages", responses=problem_responses(TokenInvalid, VisitorOnly, NotFound, Unavailable))
async def read_messages(
    visitor: VisitorDep,
    chat: ChatDep,
    after_seq: Annotated[int, Query(ge=0, le=2_147_483_647)] = 0,
    conversation_id: Annotated[
        UUID | None, Query(description="where after_seq counts; without it, the token's conversation")
    ] = None,
) -> HistoryResponse:
    """Read the conversation after a place in it; one that has followed it meanwhile is read from its start."""
    current, items = await chat.history(visitor, after_seq, conversation_id)
    return HistoryResponse(conversation_id=current, items=items)


@router.get(
    "/messages/{message_id}/media",
    response_class=StreamingResponse,
    responses=_FILE | problem_responses(TokenInvalid, VisitorOnly, FileUnknown, FileAway),
)
async def read_media(message_id: UUID, _visitor: VisitorDep, request: Request) -> StreamingResponse:
    """Fetch the file of a message in one's own conversation."""
    door: MediaDoor = request.app.state.media
    found = await door.open(request.headers["authorization"], message_id)
    return StreamingResponse(found.chunks(), headers=found.headers)


@router.put(
    "/messages/{message_id}/feedback",
    responses=problem_responses(TokenInvalid, VisitorOnly, NotFound, Conflict, TooFast, HubAway),
)
async def rate_message(
    message_id: UUID, body: FeedbackRequest, visitor: VisitorDep, feedback: FeedbackDep
) -> FeedbackResponse:
    """Say whether an answer from the office's documents was of use. Saying it again changes it."""
    await feedback.rate(visitor, message_id, body)
    return FeedbackResponse(message_id=message_id, value=body.value)
