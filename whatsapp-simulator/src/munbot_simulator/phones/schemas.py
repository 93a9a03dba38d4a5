"""Requests and answers of the telephones' API."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from munbot_simulator.phones.models import Entry, Place, Typing

Number = Annotated[str, StringConstraints(pattern=r"^\d{8,15}$")]
Wamid = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Slug = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PhoneRequest(_Request):
    """What a telephone's owner calls themselves."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class PhoneView(BaseModel):
    """A telephone."""

    number: str = Field(description="digits")
    name: str


class PhoneList(BaseModel):
    """All telephones."""

    items: list[PhoneView]


class AccountView(BaseModel):
    """An office's number."""

    slug: str
    tenant: str
    name: str
    phone: str = Field(description="E.164")


class AccountList(BaseModel):
    """All offices' numbers."""

    items: list[AccountView]


class WebhookCheck(BaseModel):
    """Whether the bridge answers the verification request as Meta wants it."""

    verified: bool
    answer: str = Field(description="HTTP status, `unreachable`, or `timeout`")


class _Message(_Request):
    account: Slug


class TextRequest(_Message):
    """Words."""

    type: Literal["text"]
    text: Annotated[str, StringConstraints(min_length=1, max_length=4096)]
    reply_to: Wamid | None = None


class ChoiceRequest(_Message):
    """A button or row of an office's message."""

    type: Literal["choice"]
    message_id: Wamid
    choice_id: Annotated[str, StringConstraints(min_length=1, max_length=256)]


class LocationRequest(_Message):
    """A point."""

    type: Literal["location"]
    location: Place


class ReactionRequest(_Message):
    """A reaction; an empty emoji takes it back."""

    type: Literal["reaction"]
    message_id: Wamid
    emoji: Annotated[str, StringConstraints(max_length=16)]


class UnsupportedRequest(_Message):
    """Something that the Cloud API does not hand on, such as a poll."""

    type: Literal["unsupported"]


MessageRequest = Annotated[
    TextRequest | ChoiceRequest | LocationRequest | ReactionRequest | UnsupportedRequest, Field(discriminator="type")
]


class ReadRequest(_Message):
    """The page shows an account's messages."""


class Changes(BaseModel):
    """What changed on telephones after a number of the sequence."""

    seq: int = Field(description="ask for what comes after this, next time")
    messages: list[Entry]
    typing: list[Typing]
