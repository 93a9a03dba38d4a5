"""Requests and answers about conversations."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from munbot_contracts.messages import Channel
from pydantic import BaseModel, Field, StringConstraints

from munbot_conversations.messages.rules import STORED_TEXT_LIMIT

Status = Literal["open", "closed"]
Mode = Literal["bot", "human"]


class ContactBrief(BaseModel):
    """The citizen of a conversation."""

    id: UUID
    name: str | None
    phone: str | None
    address: str


class AgentBrief(BaseModel):
    """The agent who has a conversation."""

    id: UUID
    name: str


class LastMessage(BaseModel):
    """The newest message, shortened."""

    text: str
    sender_type: str | None
    at: datetime


class ConversationItem(BaseModel):
    """A conversation as lists show it."""

    id: UUID
    status: Status
    mode: Mode
    channel: Channel
    account: str
    contact: ContactBrief
    assigned_agent: AgentBrief | None
    human_until: datetime | None
    waiting_since: datetime | None
    handoff_reason: str | None
    handoff_summary: str | None
    summary: str | None = Field(description="by the language model, some time after the handoff; null without one")
    version: int
    last_seq: int
    unread: int = Field(default=0, description="messages of the citizen that the asking official has not read")
    last_message: LastMessage
    created_at: datetime
    closed_at: datetime | None


class ConversationPage(BaseModel):
    """The most recently active first."""

    items: list[ConversationItem]
    next_cursor: str | None


class WaitingCount(BaseModel):
    """How many people wait for an official now, in open conversations."""

    count: int


class Takeover(BaseModel):
    """How long the bot is to be silent; the tenant's time if not given."""

    minutes: Annotated[int | None, Field(ge=1, le=43_200)] = None


class Assignment(BaseModel):
    """Who is to have the conversation; null for nobody in particular."""

    agent_id: UUID | None


class AgentMessage(BaseModel):
    """What an agent writes to the citizen."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=STORED_TEXT_LIMIT)]


class HandoffRequest(BaseModel):
    """The dialogue asks for a person."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
    summary: Annotated[str | None, Field(max_length=2000)] = None


class AttentionAnswer(BaseModel):
    """Whether people answer now, and when they next do."""

    open_now: bool
    opens_at: datetime | None = Field(description="in the tenant's zone; null while open")
    attention_hours_text: str
