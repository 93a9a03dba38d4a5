"""Shapes of procedures, offices, opening hours and policy."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID
from zoneinfo import available_timezones

from munbot_common.chile import Phone
from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from munbot_scheduler.holidays import REGIONS
from munbot_scheduler.schemas import Answer, Day, Email, LongText, Request, ShortText, WallTime
from munbot_scheduler.texts import say

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Name = Annotated[str, StringConstraints(min_length=2, max_length=120, strip_whitespace=True)]
Minutes = Annotated[int, Field(ge=5, le=480)]
Notice = Annotated[int, Field(ge=0, le=43_200)]
Horizon = Annotated[int, Field(ge=1, le=365)]
Capacity = Annotated[int, Field(ge=1, le=200)]
Step = Annotated[int, Field(ge=5, le=240)]
ReminderHours = Annotated[
    list[Annotated[int, Field(ge=1, le=720)]],
    Field(
        max_length=5, examples=[[48, 24]], description="Hours before an appointment at which its citizen is reminded"
    ),
    AfterValidator(lambda hours: sorted(set(hours), reverse=True)),
]


def _refuse(code: str, key: str) -> PydanticCustomError:
    return PydanticCustomError(code, "{message}", {"message": say(key)})


def _check_zone(name: str) -> str:
    if name not in available_timezones():
        raise _refuse("timezone_invalid", "fields.zone")
    return name


def _check_region(code: str) -> str:
    if code not in REGIONS:
        raise _refuse("region_invalid", "fields.region")
    return code


Zone = Annotated[str, AfterValidator(_check_zone), Field(max_length=64, examples=["America/Santiago"])]
Region = Annotated[str, AfterValidator(_check_region), Field(max_length=2, examples=["RM"])]


class ProcedureOut(Answer):
    """A procedure that people book hours for."""

    id: UUID
    code: str
    name: str
    synonyms: list[str]
    description: str
    duration_minutes: int
    required_papers: list[str]
    price_text: str
    min_notice_minutes: int | None
    horizon_days: int | None
    active: bool
    version: int
    office_ids: list[UUID]


class ProcedureIn(Request):
    """A new procedure."""

    code: Code
    name: Name
    synonyms: list[ShortText] = Field(default=[], max_length=100)
    description: LongText = ""
    duration_minutes: Minutes
    required_papers: list[ShortText] = Field(default=[], max_length=50)
    price_text: ShortText = ""
    min_notice_minutes: Notice | None = None
    horizon_days: Horizon | None = None
    office_ids: list[UUID] = Field(default=[], max_length=200)


class ProcedurePatch(Request):
    """What changes of a procedure; what is left out stays."""

    name: Name = ""
    synonyms: list[ShortText] = Field(default=[], max_length=100)
    description: LongText = ""
    duration_minutes: Minutes = 15
    required_papers: list[ShortText] = Field(default=[], max_length=50)
    price_text: ShortText = ""
    min_notice_minutes: Notice | None = None
    horizon_days: Horizon | None = None
    office_ids: list[UUID] = Field(default=[], max_length=200)
    active: bool = True


class HoursOut(Answer):
    """One weekly opening."""

    weekday: int = Field(description="0 = Monday")
    opens: WallTime
    closes: WallTime
    capacity: int


class OfficeOut(Answer):
    """An office."""

    id: UUID
    code: str
    name: str
    address: str
    phone: str | None
    email: str | None
    latitude: float | None
    longitude: float | None
    timezone: str
    region: str | None
    active: bool
    version: int
    procedure_ids: list[UUID]
    hours: list[HoursOut]
    hours_text: str


class OfficeIn(Request):
    """A new office."""

    code: Code
    name: Name
    address: ShortText = ""
    phone: Phone | None = Field(default=None, max_length=30)
    email: Email | None = None
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    timezone: Zone
    region: Region | None = None
    procedure_ids: list[UUID] = Field(default=[], max_length=200)


class OfficePatch(Request):
    """What changes of an office; what is left out stays."""

    name: Name = ""
    address: ShortText = ""
    phone: Phone | None = Field(default=None, max_length=30)
    email: Email | None = None
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    region: Region | None = None
    procedure_ids: list[UUID] = Field(default=[], max_length=200)
    active: bool = True


class StatusOut(Answer):
    """Whether an office is open."""

    open_now: bool
    opens_at: datetime | None
    closes_at: datetime | None


class RuleIn(Request):
    """One weekly opening; both days of its validity are included."""

    weekday: int = Field(ge=0, le=6, description="0 = Monday")
    opens: WallTime
    closes: WallTime
    step: Step = Field(default=15, description="Minutes between two starts")
    capacity: Capacity
    valid_from: Day | None = None
    valid_until: Day | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.opens >= self.closes:
            raise _refuse("hours_invalid", "fields.hours_reversed")
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise _refuse("days_invalid", "fields.days_reversed")
        return self


class RuleOut(Answer):
    """A weekly opening."""

    id: UUID
    office_id: UUID
    weekday: int
    opens: WallTime
    closes: WallTime
    step: int
    capacity: int
    valid_from: date | None
    valid_until: date | None
    version: int


class ExceptionIn(Request):
    """A closure (whole days, or hours of them) of an office or of all, or an extra opening of one office."""

    kind: Literal["closed", "open"]
    office_id: UUID | None = None
    first_day: Day
    last_day: Day
    opens: WallTime | None = None
    closes: WallTime | None = None
    step: Step = 15
    capacity: Capacity = 1
    reason: ShortText = ""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.last_day < self.first_day:
            raise _refuse("days_invalid", "fields.days_reversed")
        if (self.opens is None) != (self.closes is None):
            raise _refuse("hours_invalid", "fields.hours_reversed")
        if self.opens is not None and self.closes is not None and self.opens >= self.closes:
            raise _refuse("hours_invalid", "fields.hours_reversed")
        if self.kind == "open" and (self.opens is None or self.office_id is None):
            raise _refuse("opening_invalid", "fields.opening_incomplete")
        return self


class ExceptionOut(Answer):
    """A closure or an extra opening; `affected` live appointments lie in a closure and want to be moved."""

    id: UUID
    kind: str
    office_id: UUID | None
    first_day: date
    last_day: date
    opens: WallTime | None
    closes: WallTime | None
    step: int
    capacity: int
    reason: str
    version: int
    affected: int = 0


class PolicyIn(Request):
    """How a tenant takes bookings."""

    timezone: Zone
    min_notice_minutes: Notice
    horizon_days: Horizon
    hold_minutes: int = Field(ge=1, le=120)
    reminder_hours: ReminderHours | None = Field(default=None, description="Left out: they stay as they are")

    def values(self) -> dict[str, Any]:
        """Return what is given, by column."""
        return self.model_dump(exclude_none=True)


class PolicyOut(Answer):
    """How a tenant takes bookings."""

    timezone: str
    min_notice_minutes: int
    horizon_days: int
    hold_minutes: int
    reminder_hours: list[int]
    version: int
