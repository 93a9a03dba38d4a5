"""Bodies of requests and answers about notifications."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from munbot_common.chile import Phone, Rut
from munbot_contracts.notifications import NotificationChannel
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from munbot_notifications.schemas import Body, Email, Line

State = Literal["queued", "sending", "sent", "failed", "suppressed", "expired", "discarded"]
CitizenChannel = Literal["email", "whatsapp", "sms"]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5000)]


class Recipient(Body):
    """Who is told: by RUT for their preferences, and where."""

    name: Line | None = None
    rut: Rut | None = None
    email: Email | None = None
    phone: Phone | None = None

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        if not (self.email or self.phone):
            msg = "Indique un correo o un teléfono"
            raise ValueError(msg)
        return self


class NotificationRequest(Body):
    """One notification to one citizen."""

    recipient: Recipient
    template: Annotated[str, Field(max_length=60, examples=["message"])] = "message"
    data: Annotated[dict[str, Any], Field(max_length=40)] = Field(
        default_factory=dict, examples=[{"subject": "Corte de agua", "text": "Mañana de 9 a 12 horas."}]
    )
    channels: Annotated[list[CitizenChannel], Field(min_length=1, max_length=3)] | None = Field(
        default=None, description="instead of the recipient's own order"
    )
    not_before: AwareDatetime | None = None
    expires_at: AwareDatetime | None = None


class EmailRequest(Body):
    """One mail."""

    to: Email
    subject: Line
    text: Text
    immediate: bool = Field(
        default=False,
        description="it goes to an office, or answers what a citizen has just done: quiet hours do not hold it back",
    )


class Accepted(BaseModel):
    """It is queued; `GET /v1/notifications/{id}` tells what becomes of it."""

    id: UUID
    state: State


class AttemptOut(BaseModel):
    """One attempt; without an outcome it is being made, or its worker died in it."""

    model_config = ConfigDict(from_attributes=True)

    channel: NotificationChannel
    address: str | None = Field(description="masked")
    started_at: datetime
    finished_at: datetime | None
    outcome: Literal["sent", "retry", "refused"] | None
    code: str | None
    template_version: int | None
    provider_id: str | None


class NotificationOut(BaseModel):
    """A notification, without what it says."""

    id: UUID
    source: Literal["event", "api", "digest"]
    purpose: str
    audience: Literal["citizen", "official"]
    channel: NotificationChannel | None
    address: str | None = Field(description="masked")
    channels: list[NotificationChannel]
    state: State
    reason: str | None
    event_id: UUID | None
    subject_id: str | None
    conversation_id: UUID | None
    due_at: datetime
    next_at: datetime | None
    expires_at: datetime | None
    created_at: datetime
    finished_at: datetime | None
    attempts: list[AttemptOut]


class StateCounts(BaseModel):
    """How many notifications are in each state."""

    queued: int = 0
    sending: int = 0
    sent: int = 0
    failed: int = 0
    suppressed: int = 0
    expired: int = 0
    discarded: int = 0
