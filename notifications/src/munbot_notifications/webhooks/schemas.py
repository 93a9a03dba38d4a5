"""Shapes of webhooks in the API."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from munbot_notifications.webhooks.guard import MAX_LENGTH
from munbot_notifications.webhooks.rules import OFFERED
from munbot_notifications.webhooks.texts import say

State = Literal["pending", "delivered", "failed"]
Reason = Literal["by_hand", "failing", "gone"]
Url = Annotated[
    str, StringConstraints(min_length=8, max_length=MAX_LENGTH), Field(examples=["https://ejemplo.cl/avisos"])
]
Description = Annotated[str, StringConstraints(max_length=200)]


def _known(names: list[str]) -> list[str]:
    for name in names:
        if name not in OFFERED:
            raise PydanticCustomError("event_unknown", "{message}", {"message": say("problems.event_unknown")})
    return sorted(set(names), key=OFFERED.index)


EventTypes = Annotated[
    list[Annotated[str, StringConstraints(max_length=120)]],
    Field(min_length=1, max_length=100, examples=[["munbot.complaint.created.v1"]]),
    AfterValidator(_known),
]


class _Wish(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class WebhookCreate(_Wish):
    """A new subscription."""

    url: Url
    description: Description = ""
    event_types: EventTypes
    thin: bool = Field(default=False, description="Send only what happened to which thing, no personal data")


class WebhookChange(_Wish):
    """What is left out stays as it is. Enabling one forgives its failures."""

    url: Url | None = None
    description: Description | None = None
    event_types: EventTypes | None = None
    thin: bool | None = None
    enabled: bool | None = None


class SecretRotation(_Wish):
    """How long the old secret signs beside the new one."""

    overlap_hours: int = Field(default=24, ge=0, le=168)


class ResendFailed(_Wish):
    """Which failed deliveries are tried again; all that are kept, when nothing is said."""

    since: AwareDatetime | None = None


class WebhookItem(BaseModel):
    """A subscription; its secret is not among what can be read again."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    url: str
    description: str
    event_types: list[str]
    thin: bool
    enabled: bool
    disabled_reason: Reason | None
    disabled_at: datetime | None
    failing_since: datetime | None
    succeeded_at: datetime | None
    old_secret_until: datetime | None
    created_at: datetime
    pending: int = Field(description="deliveries that wait")
    failed: int = Field(description="deliveries that were given up, of those kept")


class WebhookWithSecret(WebhookItem):
    """The one answer that shows the secret."""

    secret: str = Field(examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])


class WebhookList(BaseModel):
    """The tenant's subscriptions, oldest first."""

    items: list[WebhookItem]


class EventTypeList(BaseModel):
    """Types that may be subscribed to."""

    items: list[str]


class AttemptItem(BaseModel):
    """One attempt."""

    model_config = ConfigDict(from_attributes=True)

    at: datetime
    milliseconds: int
    status: int | None
    error: str | None


class DeliveryItem(BaseModel):
    """One message for one subscription."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    message_id: UUID = Field(description="the `webhook-id` that the receiver sees")
    event_type: str
    state: State
    attempts: int
    next_at: datetime | None
    last_status: int | None
    last_error: str | None
    created_at: datetime
    settled_at: datetime | None


class DeliveryList(BaseModel):
    """A page of the log, newest first."""

    items: list[DeliveryItem]
    next_cursor: str | None


class DeliveryDetail(DeliveryItem):
    """A delivery with what is sent and every attempt."""

    body: dict[str, Any]
    log: list[AttemptItem]


class ResentCount(BaseModel):
    """How many deliveries are tried again."""

    resent: int
