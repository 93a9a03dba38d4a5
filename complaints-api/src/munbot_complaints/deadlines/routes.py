"""HTTP entrance to the working calendar."""

from datetime import date, time
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

import holidays
from fastapi import APIRouter, Depends
from munbot_common.auth import Principal, PrincipalDep, Role, require_roles
from munbot_common.problems import Forbidden, Unauthorized, Unprocessable, problem_responses
from pydantic import BaseModel, ConfigDict, Field

from munbot_complaints.deadlines.rules import DEFAULT_CUTOFF, DEFAULT_ZONE, BusinessCalendar
from munbot_complaints.dependencies import ServicesDep

router = APIRouter(prefix="/v1/calendar", tags=["calendar"])
AdminDep = Annotated[Principal, Depends(require_roles(Role.ADMIN, Role.SERVICE))]

_REGIONS = frozenset(holidays.country_holidays("CL").subdivisions)


class CalendarInvalid(Unprocessable):
    """A zone or region that does not exist."""

    code = "calendar_invalid"
    title = "La zona horaria o la región no existe"


class CalendarBody(BaseModel):
    """Working days of an office: Monday to Friday without legal holidays and `closed_days`."""

    model_config = ConfigDict(extra="forbid")

    timezone: str = Field(default=DEFAULT_ZONE, max_length=64)
    region: str | None = Field(default=None, max_length=2, description="ISO 3166-2:CL, for regional holidays")
    cutoff: time = Field(default=DEFAULT_CUTOFF, description="What comes in later counts as of the next business day")
    closed_days: list[date] = Field(default_factory=list, max_length=366)


@router.get("", responses=problem_responses(Unauthorized))
def read_calendar(principal: PrincipalDep, services: ServicesDep) -> CalendarBody:
    """Return the tenant's calendar."""
    calendar = services.calendars.of(principal.tenant)
    return CalendarBody(
        timezone=calendar.zone.key,
        region=calendar.region,
        cutoff=calendar.cutoff,
        closed_days=sorted(calendar.closed_days),
    )


@router.put("", responses=problem_responses(Unauthorized, Forbidden, CalendarInvalid))
def write_calendar(body: CalendarBody, principal: AdminDep, services: ServicesDep) -> CalendarBody:
    """Set the tenant's calendar. Terms that run already keep their dates."""
    if body.timezone not in available_timezones() or body.region not in {None, *_REGIONS}:
        raise CalendarInvalid
    cutoff = body.cutoff.replace(second=0, microsecond=0, tzinfo=None)
    calendar = BusinessCalendar(ZoneInfo(body.timezone), body.region, cutoff, frozenset(body.closed_days))
    services.calendars.save(principal, calendar)
    return body
