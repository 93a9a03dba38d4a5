"""Requests and answers about tenants."""

from typing import Annotated, Self
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator


def _known_zone(value: str) -> str:
    if value not in available_timezones():
        msg = "No es una zona horaria conocida"
        raise ValueError(msg)
    return value


Zone = Annotated[str, AfterValidator(_known_zone)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
ClockTime = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class OpeningItem(BaseModel):
    """One stretch of the week: weekday 0 is Monday; local times HH:MM."""

    weekday: Annotated[int, Field(ge=0, le=6)]
    opens: ClockTime
    closes: ClockTime

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.opens >= self.closes:
            msg = "La hora de apertura debe ser anterior a la de cierre"
            raise ValueError(msg)
        return self


class TenantPublic(BaseModel):
    """What everybody may know of a municipality."""

    id: str
    name: str
    short_name: str
    timezone: str
    locale: str
    colors: dict[str, str]
    greeting: str
    address: str
    phone: str
    attention_hours_text: str


class TenantList(BaseModel):
    """All municipalities."""

    items: list[TenantPublic]


class TenantAdmin(TenantPublic):
    """What administrators see besides."""

    model_config = ConfigDict(from_attributes=True)

    attention_hours: list[OpeningItem]
    holidays_country: str | None
    takeover_minutes: int


class TenantChange(BaseModel):
    """What of a tenant changes; absent members stay."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)] | None = None
    short_name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)] | None = None
    timezone: Zone | None = None
    colors: Annotated[dict[Annotated[str, Field(max_length=40)], Colour], Field(max_length=20)] | None = None
    greeting: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] | None = None
    address: Text | None = None
    phone: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] | None = None
    attention_hours: Annotated[list[OpeningItem], Field(max_length=50)] | None = None
    takeover_minutes: Annotated[int, Field(ge=1, le=43_200)] | None = None


class TenantCreate(BaseModel):
    """A new municipality."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,62}$")]
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    short_name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    timezone: Zone = "America/Santiago"
    holidays_country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = "CL"
