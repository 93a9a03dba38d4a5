"""Bodies of requests and answers about preferences."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from munbot_common.chile import Phone, Rut, normalise_phone
from pydantic import BaseModel, EmailStr, Field, TypeAdapter, field_validator, model_validator

from munbot_notifications.schemas import Body, Email

CitizenChannel = Literal["email", "whatsapp", "sms"]
_EMAIL: TypeAdapter[str] = TypeAdapter(EmailStr)


class ContactBody(Body):
    """One person, by one of the three."""

    rut: Rut | None = None
    email: Email | None = None
    phone: Phone | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if sum(value is not None for value in (self.rut, self.email, self.phone)) != 1:
            msg = "Indique el RUT, el correo o el teléfono, y solo uno de ellos"
            raise ValueError(msg)
        return self


class PreferenceBody(Body):
    """In which order a person wants to be reached; channels that are left out are not used."""

    contact: ContactBody
    channels: Annotated[list[CitizenChannel], Field(max_length=3)]

    @field_validator("channels")
    @classmethod
    def _once_each(cls, channels: list[str]) -> list[str]:
        if len(set(channels)) != len(channels):
            msg = "Un medio aparece dos veces"
            raise ValueError(msg)
        return channels


class PreferenceOut(BaseModel):
    """A person's own order of channels; null: that of each kind of notification."""

    channels: list[CitizenChannel] | None


class OptOutBody(Body):
    """An address that is not to be written to."""

    channel: CitizenChannel
    address: Annotated[str, Field(min_length=3, max_length=254)]

    @model_validator(mode="after")
    def _normalised(self) -> Self:
        self.address = (
            _EMAIL.validate_python(self.address).lower() if self.channel == "email" else normalise_phone(self.address)
        )
        return self


class OptOutOut(BaseModel):
    """An address that is not written to; `bounced`: its server said that there is nobody."""

    id: UUID
    channel: CitizenChannel
    address: str = Field(description="masked")
    reason: Literal["opted_out", "bounced"]
    created_at: datetime
