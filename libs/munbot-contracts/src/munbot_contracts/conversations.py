"""What happens to a conversation as a whole."""

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field

from munbot_contracts.envelope import Contract
from munbot_contracts.messages import Channel

CONVERSATION_OPENED = "munbot.conversation.opened.v1"
CONVERSATION_HANDOFF_REQUESTED = "munbot.conversation.handoff_requested.v1"
CONVERSATION_ASSIGNED = "munbot.conversation.assigned.v1"
CONVERSATION_RELEASED = "munbot.conversation.released.v1"
CONVERSATION_CLOSED = "munbot.conversation.closed.v1"
CONVERSATION_NOTED = "munbot.conversation.noted.v1"

_ID = "019358ef-0000-7000-8000-000000000001"


class ConversationOpened(Contract):
    """A citizen began to talk."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"conversation_id": _ID, "contact_id": _ID, "channel": "web", "account": "widget"}]
        }
    )

    conversation_id: UUID
    contact_id: UUID
    channel: Channel
    account: str


class ConversationHandoffRequested(Contract):
    """A person is wanted; the bot is silent from here on until `human_until` or a release."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "conversation_id": _ID,
                    "reason": "ask_human",
                    "human_until": "2026-11-24T09:15:00-03:00",
                    "open_now": True,
                }
            ]
        }
    )

    conversation_id: UUID
    reason: str
    human_until: AwareDatetime
    open_now: bool


class ConversationAssigned(Contract):
    """An agent took the conversation, was given it, or has it no longer; the bot is silent either way."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"conversation_id": _ID, "agent_id": _ID, "human_until": "2026-11-24T09:15:00-03:00"}]
        }
    )

    conversation_id: UUID
    agent_id: UUID | None = Field(description="null: it waits for any of the officials")
    human_until: AwareDatetime


class ConversationReleased(Contract):
    """The bot may speak again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"conversation_id": _ID, "by": "agent"}]})

    conversation_id: UUID
    by: Literal["agent", "timeout", "system"]


class ConversationClosed(Contract):
    """The conversation is over; the next message opens a new one."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"conversation_id": _ID, "by": "agent"}]})

    conversation_id: UUID
    by: Literal["agent", "timeout", "system"]


class ConversationNoted(Contract):
    """An official left a note for the others; what it says is for them alone."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"conversation_id": _ID, "note_id": _ID, "agent_id": _ID}]}
    )

    conversation_id: UUID
    note_id: UUID
    agent_id: UUID


CONVERSATION_EVENTS: dict[str, type[Contract]] = {
    CONVERSATION_OPENED: ConversationOpened,
    CONVERSATION_HANDOFF_REQUESTED: ConversationHandoffRequested,
    CONVERSATION_ASSIGNED: ConversationAssigned,
    CONVERSATION_RELEASED: ConversationReleased,
    CONVERSATION_CLOSED: ConversationClosed,
    CONVERSATION_NOTED: ConversationNoted,
}
