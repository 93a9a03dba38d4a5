"""Shapes shared by the features' requests and answers."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Generic, TypeVar
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from munbot_scheduler.texts import say

_EARLIEST, _LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class Request(BaseModel):
    """A request body: unknown fields are refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Answer(BaseModel):
    """An answer."""

    model_config = ConfigDict(from_attributes=True)


def _in_utc(moment: datetime) -> datetime:
    """Return the moment in UTC, within the years that date arithmetic can bear; rules say whether it is possible."""
    return min(max(moment, _EARLIEST), _LATEST).astimezone(UTC)


_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$", re.ASCII)


def _only_a_day(value: object) -> object:
    """Refuse midnight as a way to write a day: `2026-11-24T00:00:00-03:00` is a moment."""
    if isinstance(value, str) and not _DAY.match(value):
        raise PydanticCustomError("date_parsing", "not a day")
    return value


def _bounded(day: date) -> date:
    return min(max(day, _EARLIEST.date()), _LATEST.date())


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""A moment with its offset, normalised to UTC."""

Day = Annotated[date, BeforeValidator(_only_a_day), AfterValidator(_bounded)]
"""A calendar day."""

Reference = Annotated[str, StringConstraints(min_length=1, max_length=64, strip_whitespace=True)]
"""An id or a code."""

ShortText = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]
LongText = Annotated[str, StringConstraints(max_length=2000, strip_whitespace=True)]


def _parse_wall_time(value: object) -> object:
    if isinstance(value, int):
        return value
    hour, colon, minute = str(value).partition(":")
    if not (colon and hour.isdecimal() and minute.isdecimal() and len(minute) == 2 and len(hour) <= 2):
        raise PydanticCustomError("time_invalid", "{message}", {"message": say("fields.time_format")})
    total = int(hour) * 60 + int(minute)
    if int(minute) > 59 or total > 1440:
        raise PydanticCustomError("time_invalid", "{message}", {"message": say("fields.time_range")})
    return total


def wall_time(minutes: int) -> str:
    """Return `08:30` for 510."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


WallTime = Annotated[
    int,
    BeforeValidator(_parse_wall_time),
    PlainSerializer(wall_time, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^([01]\d|2[0-4]):[0-5]\d$", "examples": ["08:30", "24:00"]}),
]
"""A time on the wall clock, written `HH:MM`, kept as minutes since midnight; `24:00` is the end of the day."""


_EMAIL = re.compile(r"^[^@\s<>\"(),:;]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]{1,63})+$")


def _check_email(text: str) -> str:
    if len(text) > 254 or not _EMAIL.match(text):
        raise PydanticCustomError("email_invalid", "{message}", {"message": say("fields.email")})
    return text


Email = Annotated[
    str,
    AfterValidator(_check_email),
    WithJsonSchema({"type": "string", "format": "email", "maxLength": 254, "examples": ["marcela@correo.cl"]}),
]
"""An e-mail address that looks like one; only a message sent to it would prove more."""


def local(moment: datetime, timezone: str) -> datetime:
    """Return the moment with the offset of a zone."""
    return moment.astimezone(ZoneInfo(timezone))


T = TypeVar("T")


class Items(BaseModel, Generic[T]):
    """A list."""

    items: list[T]


class Page(BaseModel, Generic[T]):
    """A part of a list; `next_cursor` gives the following one, null at the end."""

    items: list[T]
    next_cursor: str | None = None
