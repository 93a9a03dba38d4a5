"""Each tenant's working calendar, kept in MongoDB and remembered for a minute."""

import time as monotonic
from collections.abc import Callable
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

from munbot_common.auth import Principal
from munbot_common.clock import Clock

from munbot_complaints.complaints.models import PendingEvent
from munbot_complaints.deadlines.rules import DEFAULT_CUTOFF, DEFAULT_ZONE, BusinessCalendar
from munbot_complaints.mongo import MongoDatabase
from munbot_complaints.waiting import changes, noted, write_setting

REMEMBER_SECONDS = 60.0


class Calendars:
    """Gives the calendar of a tenant; one that has none gets Santiago's zone and the national holidays."""

    def __init__(self, database: MongoDatabase, clock: Clock, now: Callable[[], float] = monotonic.monotonic) -> None:
        self._collection = database["calendars"]
        self._clock = clock
        self._now = now
        self._known: dict[str, tuple[float, BusinessCalendar]] = {}

    def of(self, tenant: str) -> BusinessCalendar:
        """Return the tenant's calendar, at most a minute old."""
        known = self._known.get(tenant)
        if known is not None and self._now() - known[0] < REMEMBER_SECONDS:
            return known[1]
        calendar = _to_calendar(self._collection.find_one({"_id": tenant}) or {})
        self._known[tenant] = (self._now(), calendar)
        return calendar

    def save(self, principal: Principal, calendar: BusinessCalendar) -> None:
        """Set the tenant's calendar; terms that run already keep their dates."""
        values = {
            "zone": calendar.zone.key,
            "region": calendar.region,
            "cutoff": calendar.cutoff.strftime("%H:%M"),
            "closed_days": sorted(day.isoformat() for day in calendar.closed_days),
        }

        def note(before: dict[str, Any] | None) -> PendingEvent:
            then, told = changes(before, values)
            return noted(principal, "deadline_calendar.changed", principal.tenant, self._clock, before=then, after=told)

        write_setting(self._collection, principal.tenant, values, note)
        self._known.pop(principal.tenant, None)


def _to_calendar(document: dict[str, Any]) -> BusinessCalendar:
    cutoff = document.get("cutoff")
    return BusinessCalendar(
        zone=ZoneInfo(document.get("zone", DEFAULT_ZONE)),
        region=document.get("region"),
        cutoff=time.fromisoformat(cutoff) if cutoff else DEFAULT_CUTOFF,
        closed_days=frozenset(date.fromisoformat(day) for day in document.get("closed_days", [])),
    )
