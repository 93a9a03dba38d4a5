"""Shapes of the chat, over HTTP and over Socket.IO."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from munbot_contracts.messages import Button, KnowledgeAnswer, MessageKind, MessageOutbound
from pydantic import BaseModel, ConfigDict, Field

Thumb = Literal["up", "down"]


class SessionRequest(BaseModel):
    """Ask for a conversation with an office."""

    tenant: str = Field(min_length=1, max_length=64, pattern=r"^[a-z0-9][a-z0-9-]*$", examples=["valle-claro"])
    session_key: str | None = Field(
        default=None,
        min_length=16,
        max_length=128,
        pattern=r"^[A-Za-z0-9._~-]+$",
        description="the visitor's own secret: the same key comes back to the same open conversation",
    )
    name: str | None = Field(default=None, max_length=120)


class SessionResponse(BaseModel):
    """A visitor's token, which opens one conversation."""

    token: str
    conversation_id: UUID
    expires_in: int | None = Field(default=None, description="seconds")


class MessageRequest(BaseModel):
    """A citizen's message."""

    text: str = Field(description="plain text; of a pressed button, its title")
    payload: str | None = Field(default=None, description="payload of the pressed button")


class FileInfo(BaseModel):
    """A bubble's file, as it is named; `GET messages/{id}/media` gives it. Where it is stored is nobody's business."""

    content_type: str
    size: int = Field(description="bytes")
    filename: str | None = None


class OutboundBubble(BaseModel):
    """One bubble of the office."""

    id: UUID
    seq: int
    kind: MessageKind = MessageKind.TEXT
    text: str
    media: FileInfo | None = Field(default=None, description="the file that it carries")
    buttons: list[Button] = Field(default_factory=list)
    sender_type: Literal["bot", "agent", "system"]
    created_at: datetime
    answer: KnowledgeAnswer | None = Field(default=None, description="set when it came from documents: it can be rated")
    feedback: Thumb | None = None
    in_reply_to: UUID | None = None
    turn_index: int = 0
    turn_count: int = 1

    @classmethod
    def of_event(cls, data: MessageOutbound) -> "OutboundBubble":
        """Return the bubble of an event."""
        return cls(
            id=data.message_id,
            seq=data.seq,
            kind=data.kind,
            text=data.text,
            media=FileInfo.model_validate(data.media.model_dump()) if data.media else None,
            buttons=data.buttons,
            sender_type=data.sender_type,
            created_at=data.created_at,
            answer=data.answer,
            in_reply_to=data.in_reply_to,
            turn_index=data.turn_index,
            turn_count=data.turn_count,
        )


class HistoryMessage(BaseModel):
    """One message of the conversation, of either side, as conversations gives it."""

    model_config = ConfigDict(extra="ignore")

    id: UUID
    seq: int
    direction: Literal["in", "out"]
    sender_type: Literal["citizen", "bot", "agent", "system"]
    kind: str = "text"
    text: str = ""
    media: FileInfo | None = None
    buttons: list[Button] = Field(default_factory=list)
    answer: KnowledgeAnswer | None = None
    feedback: Thumb | None = None
    in_reply_to: UUID | None = None
    created_at: datetime
    turn_index: int = 0
    turn_count: int = 1


class HistoryResponse(BaseModel):
    """Messages in the order of the conversation."""

    conversation_id: UUID = Field(description="another than the token's when that one was closed and they wrote again")
    items: list[HistoryMessage]


class AcceptedResponse(BaseModel):
    """The message is safe; its replies come by socket or by GET."""

    message_id: UUID
    conversation_id: UUID
    status: Literal["accepted"] = "accepted"


class RepliesResponse(BaseModel):
    """The replies to one message, or what there is of them when the time is over."""

    message_id: UUID
    conversation_id: UUID
    outcome: Literal["answered", "silenced", "deferred", "pending"] = Field(
        description="pending: no answer within the time; it comes later"
    )
    messages: list[OutboundBubble]


class UserUttered(BaseModel):
    """What a client emits."""

    message: str
    payload: str | None = None
    client_message_id: str | None = None


class FeedbackRequest(BaseModel):
    """What a citizen says of an answer."""

    value: Thumb
    comment: str | None = Field(default=None, max_length=1_000)


class FeedbackResponse(BaseModel):
    """It is stored."""

    message_id: UUID
    value: Thumb


class MessageFeedback(FeedbackRequest):
    """What a client emits."""

    message_id: UUID


class ConnectAuth(BaseModel):
    """What a client hands over when it connects."""

    token: str = ""
    last_seq: int = Field(default=0, ge=0)


def wire(model: BaseModel) -> dict[str, Any]:
    """Return a model as plain JSON values, for a socket."""
    return model.model_dump(mode="json")
