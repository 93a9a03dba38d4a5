"""Bodies of requests and answers about officials and the office's hours."""

from datetime import datetime, time
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, field_validator

from munbot_notifications.schemas import Body, Line
from munbot_notifications.templates.builtin import topics

Topic = Literal["complaint_created", "complaint_overdue", "complaint_reopened", "handoff", "digest", "system"]
Unit = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Topics = Annotated[list[Topic], Field(min_length=1, max_length=20)]


Address = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]


class OfficialChange(Body):
    """A mailbox, or a chat by its apprise URL, and what it hears of."""

    name: Line
    unit: Unit = Field(default="", description="of the complaints that it hears of; empty: of all")
    channel: Literal["email", "apprise"] = "email"
    address: Address | None = Field(default=None, description="left out: as it is, on the same channel")
    topics: Topics
    active: bool = True

    @field_validator("topics")
    @classmethod
    def _known(cls, wanted: list[str]) -> list[str]:
        if not set(wanted) <= topics():
            msg = "No es una de las opciones"
            raise ValueError(msg)
        return sorted(set(wanted))


class OfficialBody(OfficialChange):
    """A new recipient."""

    address: Address


class OfficialOut(BaseModel):
    """A recipient. The address of a chat holds its password, so that only its kind is shown."""

    id: UUID
    name: str
    unit: str
    channel: Literal["email", "apprise"]
    address: str
    topics: list[Topic]
    active: bool
    created_at: datetime
    updated_at: datetime


class RulesBody(Body):
    """Local times. Where quiet hours begin and end at the same time there are none."""

    quiet_from: time
    quiet_until: time
    digest_at: time

    @field_validator("quiet_from", "quiet_until", "digest_at")
    @classmethod
    def _local(cls, value: time) -> time:
        return value.replace(tzinfo=None, microsecond=0)
