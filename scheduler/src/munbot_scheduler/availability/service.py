"""Finding free slots, and saying why a time cannot be booked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from munbot_scheduler.availability import repository
from munbot_scheduler.availability.agenda import AgendaCache
from munbot_scheduler.availability.calendar import OfficeCalendar, Slot, occupied
from munbot_scheduler.availability.rules import Closure, TimeOfDay, Window, days_between
from munbot_scheduler.catalogue.models import Procedure
from munbot_scheduler.catalogue.policy import Policy, policy_of
from munbot_scheduler.problems import (
    BeyondHorizon,
    Closed,
    Holiday,
    OffGrid,
    OfficeUnknown,
    Past,
    ProcedureNotOffered,
    ProcedureUnknown,
    RangeInvalid,
    TooSoon,
)
from munbot_scheduler.settings import BookingDefaults
from munbot_scheduler.texts import day_text, joined, moment_text, say

MAX_RANGE_DAYS = 62
ALTERNATIVES = 3
_SPANS = (0, 4, 21)
"""Days around the wanted moment that are searched, until enough is found; then the whole horizon."""


@dataclass(frozen=True, slots=True)
class Target:
    """What somebody wants to book: a procedure, and the offices that come into question."""

    procedure: Procedure
    calendars: Sequence[OfficeCalendar]
    policy: Policy
    now: datetime

    @property
    def duration(self) -> timedelta:
        """How long a visit takes."""
        return timedelta(minutes=self.procedure.duration_minutes)

    @property
    def today(self) -> date:
        """The calendar day at the offices."""
        return self.calendars[0].local_day(self.now) if self.calendars else self.now.date()

    @property
    def last_day(self) -> date:
        """The last day that may be booked."""
        zone = self.calendars[0].zone if self.calendars else None
        return self.policy.last_day(self.now, zone) if zone else self.now.date()

    @property
    def office_ids(self) -> list[UUID]:
        """The offices' ids."""
        return [calendar.office.id for calendar in self.calendars]


@dataclass(frozen=True, slots=True)
class DayReport:
    """How a day looks, and the sentence that says so."""

    day: date
    status: str
    detail: str


class Availability:
    """Answers about free time, for one request.

    Args:
        session: the request's session.
        tenant: whose agenda.
        defaults: policy of tenants without one.
        now: the present moment.
        cache: agendas that earlier requests have loaded.
        notice: whether the minimum notice counts.
    """

    def __init__(
        self,
        session: Session,
        tenant: str,
        defaults: BookingDefaults,
        now: datetime,
        cache: AgendaCache | None = None,
        *,
        notice: bool = True,
    ) -> None:
        self._cache = cache or AgendaCache()
        self._session = session
        self._tenant = tenant
        self._defaults = defaults
        self._now = now
        self._notice = notice

    def target(self, procedure: str, office: str | None) -> Target:
        """Return what is wanted, by ids or codes.

        Raises:
            ProcedureUnknown: not a procedure of the tenant, or no longer offered.
            OfficeUnknown: not an office of the tenant.
            ProcedureNotOffered: the office does something else.
        """
        agenda = self._cache.get(self._session, self._tenant, self._now.date())
        found = agenda.procedure(procedure)
        if found is None:
            raise ProcedureUnknown
        attending = agenda.attending(found)
        if office is not None:
            chosen = agenda.calendar(office)
            if chosen is None:
                raise OfficeUnknown
            if chosen not in attending:
                raise ProcedureNotOffered(
                    say("problems.procedure_not_offered", office=chosen.office.name, procedure=found.name)
                )
            attending = [chosen]
        policy = policy_of(self._defaults, agenda.policy, found)
        return Target(
            procedure=found,
            calendars=attending,
            policy=policy if self._notice else replace(policy, min_notice=timedelta()),
            now=self._now,
        )

    def search(
        self,
        target: Target,
        first: date | None,
        last: date | None,
        *,
        time_of_day: TimeOfDay = TimeOfDay.ANY,
        near: time | None = None,
        limit: int = 100,
        holder: str | None = None,
    ) -> tuple[list[Slot], list[DayReport]]:
        """Return the free slots of some days, and how each day looks.

        Args:
            target: from `target`.
            first: local day; None for today.
            last: local day, included; None for a week.
            time_of_day: only slots of this part of the day.
            near: the nearest to this time come first; otherwise the earliest.
            limit: slots at most.
            holder: whose own holds count as free.

        Raises:
            RangeInvalid: the days are in the wrong order or too many.
        """
        first = first or target.today
        last = last or first + timedelta(days=6)
        if last < first:
            raise RangeInvalid(say("problems.range_reversed"))
        if (last - first).days >= MAX_RANGE_DAYS:
            raise RangeInvalid(say("problems.range_too_long", days=MAX_RANGE_DAYS))
        slots = self._slots(target, max(first, target.today), min(last, target.last_day), holder)
        wanted = [slot for slot in slots if time_of_day.contains(slot.local_start().time())]
        by_day: dict[date, list[Slot]] = {}
        for slot in wanted:
            by_day.setdefault(slot.local_start().date(), []).append(slot)
        days = [_report(target, day, by_day.get(day, []), time_of_day) for day in days_between(first, last)]
        earliest = target.policy.earliest(self._now)
        free = [slot for slot in wanted if slot.free and slot.start >= earliest and slot.start > self._now]
        if near is not None:
            minute = _minute(near)
            free.sort(key=lambda slot: (abs(_minute(slot.local_start().time()) - minute), slot.start))
        return free[:limit], days

    def nearest(
        self, target: Target, at: datetime, *, limit: int = ALTERNATIVES, holder: str | None = None
    ) -> list[Slot]:
        """Return the free slots nearest to a moment, the nearest first."""
        if not target.calendars:
            return []
        earliest = target.policy.earliest(self._now)
        zone = target.calendars[0].zone
        day = min(max(at.astimezone(zone).date(), target.today), target.last_day)
        for span in (*_SPANS, target.policy.horizon_days + 1):
            first = max(day - timedelta(days=span), target.today)
            last = min(day + timedelta(days=span), target.last_day)
            slots = self._slots(target, first, last, holder)
            free = [slot for slot in slots if slot.free and slot.start >= earliest and slot.start > self._now]
            free.sort(key=lambda slot: (abs(slot.start - at), slot.start))
            found = free[:limit]
            whole = first == target.today and last == target.last_day
            if whole or (len(found) == limit and self._surely_nearest(target, found[-1], at, first, last)):
                return found
        return found

    @staticmethod
    def _surely_nearest(target: Target, farthest: Slot, at: datetime, first: date, last: date) -> bool:
        start, end = target.calendars[0].bounds(first, last)
        distance = abs(farthest.start - at)
        return (first == target.today or distance <= at - start) and (last == target.last_day or distance <= end - at)

    def _slots(self, target: Target, first: date, last: date, holder: str | None) -> list[Slot]:
        if last < first or not target.calendars:
            return []
        bounds = [calendar.bounds(first, last) for calendar in target.calendars]
        start, end = min(b[0] for b in bounds), max(b[1] for b in bounds)
        seats = repository.taken_seats(self._session, target.office_ids, start, end)
        slots: list[Slot] = []
        for calendar in target.calendars:
            taken = occupied(seats, calendar.office.id, self._now, holder=holder)
            for day in days_between(first, last):
                slots.extend(calendar.slots(day, target.duration, taken))
        slots.sort(key=lambda slot: slot.start)
        return slots

    def check_start(self, target: Target, start: datetime) -> Window:
        """Return the opening of the target's (single) office that a visit from `start` lies in.

        Raises:
            Past, TooSoon, BeyondHorizon, Holiday, Closed, OffGrid: it cannot be booked, whoever asks.
        """
        calendar = target.calendars[0]
        local = start.astimezone(calendar.zone)
        if start <= self._now:
            raise Past(say("problems.past", moment=moment_text(local)))
        if local.date() > target.last_day:
            raise BeyondHorizon(say("problems.beyond_horizon", day=day_text(target.last_day)))
        if start < target.policy.earliest(self._now):
            raise TooSoon(say("problems.too_soon", notice=target.policy.notice_text()))
        window = calendar.window_of(start, target.duration)
        if window is None:
            raise _closed(calendar, local)
        if not window.on_grid(start):
            raise self._off_grid(target, start, window)
        return window

    def _off_grid(self, target: Target, start: datetime, window: Window) -> OffGrid:
        slots = self.nearest(target, start)
        values = {"office": target.calendars[0].office.name, "step": int(window.step / timedelta(minutes=1))}
        if not slots:
            return OffGrid(say("problems.off_grid_none", **values))
        times = joined([moment_text(slot.local_start()) for slot in slots])
        return OffGrid(
            say("problems.off_grid", alternatives=times, **values),
            extra={"alternatives": [slot_json(slot, target.procedure) for slot in slots]},
        )


def slot_json(slot: Slot, procedure: Procedure) -> dict[str, object]:
    """Return a slot as the API shows it."""
    zone = slot.local_start().tzinfo
    return {
        "start": slot.start.astimezone(zone).isoformat(),
        "end": slot.end.astimezone(zone).isoformat(),
        "office_id": str(slot.office.id),
        "office_name": slot.office.name,
        "procedure_id": str(procedure.id),
        "capacity": slot.capacity,
        "free": slot.free,
    }


def _minute(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def _closed(calendar: OfficeCalendar, local: datetime) -> Holiday | Closed:
    plan = calendar.plan(local.date())
    if plan.closure is Closure.HOLIDAY:
        return Holiday(say("problems.holiday", day=day_text(local.date()), name=plan.reason))
    values = {"office": calendar.office.name, "moment": moment_text(local)}
    if plan.reason:
        return Closed(say("problems.closed_reason", reason=plan.reason, **values))
    return Closed(say("problems.closed", **values))


def _report(target: Target, day: date, slots: Sequence[Slot], time_of_day: TimeOfDay) -> DayReport:
    """Say how a day looks from its slots, full ones included, of the wanted part of the day."""
    name = day_text(day)
    if day < target.today:
        return DayReport(day, "past", say("days.past", day=name))
    if day > target.last_day:
        return DayReport(day, "beyond_horizon", say("days.beyond_horizon", last=day_text(target.last_day)))
    if not slots:
        return _closed_report(target, day, time_of_day)
    coming = [slot for slot in slots if slot.start > target.now]
    bookable = [slot for slot in coming if slot.start >= target.policy.earliest(target.now)]
    free = sum(1 for slot in bookable if slot.free)
    if free:
        return DayReport(day, "open", say("days.open_one") if free == 1 else say("days.open", free=free))
    return _taken_report(target, day, coming=bool(coming), bookable=bool(bookable))


def _taken_report(target: Target, day: date, *, coming: bool, bookable: bool) -> DayReport:
    name = day_text(day)
    if bookable:
        return DayReport(day, "full", say("days.full", day=name))
    if coming:
        return DayReport(day, "too_soon", say("days.too_soon", day=name, notice=target.policy.notice_text()))
    return DayReport(day, "past", say("days.past_today"))


def _closed_report(target: Target, day: date, time_of_day: TimeOfDay) -> DayReport:
    plans = [calendar.plan(day) for calendar in target.calendars]
    name = day_text(day)
    for plan in plans:
        if plan.closure is Closure.HOLIDAY:
            return DayReport(day, "holiday", say("days.holiday", day=name, reason=plan.reason))
    if any(plan.windows for plan in plans) and time_of_day is not TimeOfDay.ANY:
        return DayReport(day, "closed", say(f"days.closed_{time_of_day}", day=name))
    reasons = [plan.reason for plan in plans if plan.reason]
    if reasons:
        return DayReport(day, "closed", say("days.closed_reason", day=name, reason=reasons[0]))
    return DayReport(day, "closed", say("days.closed", day=name))
