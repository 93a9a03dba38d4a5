"""Bodies of requests and answers."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from munbot_common.chile import Phone
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Slug = Annotated[str, Field(max_length=60, description="whose number sends it; the tenant's only one when absent")]
MessageState = Literal["queued", "sent", "delivered", "read", "failed"]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ButtonBody(_Request):
    """A quick reply."""

    title: Annotated[Words, Field(max_length=72)]
    payload: Annotated[Words, Field(max_length=200, description="what the dialogue receives when it is chosen")]


class TemplateBody(_Request):
    """The template that says the same, for citizens who have not written for 24 hours."""

    name: Annotated[Words, Field(max_length=120)]
    language: Annotated[Words, Field(max_length=20)] = "es"
    parameters: Annotated[list[Annotated[Words, Field(max_length=500)]], Field(max_length=20)] = []


class SendRequest(_Request):
    """One message."""

    to: Phone
    account: Slug | None = None
    text: Annotated[Words, Field(max_length=1024)]
    buttons: Annotated[list[ButtonBody], Field(max_length=10)] = []
    template: TemplateBody | None = None


class StartRequest(_Request):
    """A flow for one citizen."""

    to: Phone
    account: Slug | None = None
    flow: Annotated[str, Field(max_length=60, examples=["appointment_confirmation"])]
    data: Annotated[dict[str, Annotated[str, Field(max_length=300)]], Field(max_length=20)] = Field(
        default_factory=dict,
        examples=[
            {
                "name": "Marcela",
                "procedure": "Licencia clase B",
                "when": "martes 24 de noviembre a las 10:15",
                "office": "Tránsito",
                "code": "H7KQ-3M2X",
            }
        ],
    )


class Accepted(BaseModel):
    """The message is queued; `GET /v1/status/{id}` tells what becomes of it."""

    id: UUID
    account: str
    status: MessageState


class PartStatus(BaseModel):
    """One of the messages at the provider that a message of ours became."""

    number: int
    state: Literal["queued", "sending", "sent", "failed", "dropped"]
    status: Literal["queued", "sent", "delivered", "read", "played", "failed"]
    error_code: str | None
    sent_at: datetime | None


class MessageProgress(BaseModel):
    """What became of a message."""

    id: UUID
    account: str
    status: MessageState
    error_code: str | None
    created_at: datetime
    parts: list[PartStatus]
