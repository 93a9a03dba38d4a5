"""Answers about messages."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from munbot_contracts.messages import Button, KnowledgeAnswer
from pydantic import BaseModel, ConfigDict, Field, field_validator


class MediaItem(BaseModel):
    """The file of a message; `GET messages/{id}/media` returns it."""

    content_type: str
    size: int = Field(description="bytes")
    filename: str | None = None


class MessageItem(BaseModel):
    """One message as a conversation shows it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    seq: int
    direction: Literal["in", "out"]
    sender_type: Literal["citizen", "bot", "agent", "system"]
    kind: str
    text: str
    buttons: list[Button] = []
    media: MediaItem | None = None
    transcript: str | None = Field(default=None, description="of a voice note, as it was understood")
    location: dict[str, Any] | None = None
    answer: KnowledgeAnswer | None = Field(default=None, description="set when it came from documents: it can be rated")
    feedback: Literal["up", "down"] | None = None
    in_reply_to: UUID | None
    turn_index: int
    turn_count: int
    agent_id: UUID | None = Field(default=None, description="the official who wrote it; officials see it")
    media_pending: bool = Field(default=False, description="its file is still being fetched")
    media_problem: str | None = Field(default=None, description="why its file was not taken; officials see it")
    delivery_status: str | None
    delivery_error: str | None = Field(default=None, description="why it was not delivered; officials see it")
    created_at: datetime

    @field_validator("buttons", mode="before")
    @classmethod
    def _no_buttons(cls, value: object) -> object:
        return value or []


class MessagePage(BaseModel):
    """Messages in order."""

    items: list[MessageItem]


class MessageState(BaseModel):
    """What became of a citizen's message, with its replies."""

    id: UUID
    conversation_id: UUID
    seq: int
    status: Literal["pending", "handled", "discarded"]
    outcome: Literal["answered", "joined", "silenced", "deferred"] | None
    replies: list[MessageItem]
