"""Requests and answers about citizens."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from munbot_common.chile import Phone, Rut
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from munbot_conversations.agents.schemas import Email
from munbot_conversations.messages.rules import storable

PersonName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(storable)
]


class AddressItem(BaseModel):
    """How a channel reaches a citizen."""

    model_config = ConfigDict(from_attributes=True)

    channel: str
    account: str
    address: str


class ContactItem(BaseModel):
    """A citizen, for officials."""

    id: UUID
    name: str | None
    rut: str | None = Field(description="`15482903-2`")
    phone: str | None = Field(description="E.164")
    email: str | None
    addresses: list[AddressItem]
    conversations: int = Field(description="how many they have had; listed with `contact_id`")
    created_at: datetime


class ContactChange(BaseModel):
    """What of a citizen changes: absent members stay, null ones are emptied."""

    name: PersonName | None = None
    rut: Rut | None = None
    phone: Phone | None = None
    email: Email | None = None
