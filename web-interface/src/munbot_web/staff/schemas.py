"""Shapes of the dashboard's socket."""

from typing import Any
from uuid import UUID

from munbot_contracts.envelope import AnyEvent
from pydantic import BaseModel, ConfigDict, Field

# What an event says beside ids. Names, telephones, texts and secret links stay here: who may see them asks for them.
SHOWN = frozenset(
    {
        "account",
        "at",
        "by",
        "category",
        "channel",
        "code",
        "due_date",
        "end",
        "error_code",
        "expires_at",
        "folio",
        "human_until",
        "kind",
        "office",
        "open_now",
        "outcome",
        "previous_start",
        "previous_status",
        "procedure",
        "replies",
        "sender_type",
        "seq",
        "sequence",
        "start",
        "status",
        "timezone",
        "unit",
        "version",
    }
)


class StaffAuth(BaseModel):
    """What the dashboard says when it connects, and when it has a fresh token."""

    model_config = ConfigDict(extra="ignore")

    token: str = Field(min_length=1, max_length=4_096)


class View(BaseModel):
    """Which conversation an official has open; null: none."""

    conversation_id: UUID | None


class Typing(BaseModel):
    """Whether an official is writing in the conversation that they have open."""

    on: bool


def shown(event: AnyEvent) -> dict[str, Any]:
    """Return what an open dashboard hears of an event: enough to know what to read again."""
    return {
        "id": str(event.id),
        "type": event.type,
        "time": event.time.isoformat(),
        "subject": event.subject,
        "data": {name: value for name, value in event.data.items() if name in SHOWN or name.endswith("_id")},
    }
