"""Reading and changing procedures, offices, opening hours and policy."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar
from uuid import UUID

from fastapi.encoders import jsonable_encoder
from munbot_common.ids import uuid7
from munbot_common.problems import NotFound
from psycopg2.errors import ExclusionViolation
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from munbot_scheduler.audit.service import record
from munbot_scheduler.availability import repository as availability
from munbot_scheduler.availability.calendar import calendars
from munbot_scheduler.availability.models import OpeningException, OpeningRule
from munbot_scheduler.availability.rules import MINUTES_PER_DAY, instant
from munbot_scheduler.base import Base
from munbot_scheduler.catalogue import repository
from munbot_scheduler.catalogue.hours import current_rules, hours_text
from munbot_scheduler.catalogue.models import Office, OfficeProcedure, Procedure, TenantPolicy
from munbot_scheduler.catalogue.schemas import (
    ExceptionIn,
    HoursOut,
    OfficeIn,
    OfficeOut,
    OfficePatch,
    PolicyIn,
    ProcedureIn,
    ProcedureOut,
    ProcedurePatch,
    RuleIn,
)
from munbot_scheduler.context import Context
from munbot_scheduler.problems import CodeTaken, OfficeUnknown, Overlap, ProcedureUnknown
from munbot_scheduler.reminders import repository as reminders
from munbot_scheduler.texts import say

Row = TypeVar("Row", bound=Base)
State = dict[str, Any]

_UNSEEN = {"tenant_id", "created_at"}
_PLAIN = frozenset(
    (
        *("id", "code", "name", "version", "active", "timezone", "region", "latitude", "longitude"),
        *("office_id", "office_ids", "procedure_ids", "duration_minutes", "min_notice_minutes", "horizon_days"),
        *("weekday", "opens", "closes", "step", "capacity", "valid_from", "valid_until"),
        *("kind", "first_day", "last_day", "hold_minutes", "reminder_hours"),
    )
)
"""Whose values the audit log may hold. It can never be altered, so that of what officials write it has names only."""


def procedure_views(session: Session, tenant: str, rows: Iterable[Procedure]) -> list[ProcedureOut]:
    """Return procedures with the offices that attend them."""
    _, by_procedure = repository.links(session, tenant)
    return [
        ProcedureOut.model_validate({**columns_of(row), "office_ids": by_procedure.get(row.id, [])}) for row in rows
    ]


def office_views(session: Session, tenant: str, rows: Sequence[Office], today: date) -> list[OfficeOut]:
    """Return offices with their procedures and hours: three statements, whatever the number of offices."""
    by_office, _ = repository.links(session, tenant)
    rules = availability.opening_rules(session, [row.id for row in rows])
    views = []
    for calendar in calendars(rows, rules, []):
        current = current_rules(calendar.rules, today)
        hours = [HoursOut(weekday=r.weekday, opens=r.opens, closes=r.closes, capacity=r.capacity) for r in current]
        views.append(
            OfficeOut.model_validate(
                {
                    **columns_of(calendar.office),
                    "procedure_ids": by_office.get(calendar.office.id, []),
                    "hours": hours,
                    "hours_text": hours_text(current),
                }
            )
        )
    return views


def columns_of(row: Base) -> dict[str, Any]:
    """Return a row as a dictionary."""
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}


def content_of(row: Base) -> State:
    """Return a row as JSON knows it."""
    content: State = jsonable_encoder({name: value for name, value in columns_of(row).items() if name not in _UNSEEN})
    return content


def found(row: Row | None) -> Row:
    """Return the row.

    Raises:
        NotFound: there is none.
    """
    if row is None:
        raise NotFound
    return row


def _note(context: Context, action: str, row: Any, before: State | None, after: State | None) -> None:
    kinds = {
        Procedure: "procedure",
        Office: "office",
        OpeningRule: "opening_rule",
        OpeningException: "opening_exception",
        TenantPolicy: "policy",
    }
    record(
        context.session,
        context.actor,
        action=action,
        object_type=kinds[type(row)],
        object_id=UUID(int=0) if isinstance(row, TenantPolicy) else row.id,
        before=_told(before),
        after=_told(after, since=before),
        now=context.now,
    )


def _told(state: State | None, *, since: State | None = None) -> State | None:
    """Return what the audit log may hold of a state, and as `fields` what else changed since another one."""
    if state is None:
        return None
    plain = {name: value for name, value in state.items() if name in _PLAIN}
    changed = [] if since is None else sorted(name for name in state.keys() - _PLAIN if state[name] != since[name])
    return plain | ({"fields": changed} if changed else {})


def _insert(context: Context, row: Any, *, code: str = "") -> None:
    """Insert a row.

    Raises:
        CodeTaken: its code exists in the tenant.
        Overlap: it covers the minutes of another rule.
    """
    context.session.add(row)
    _flush(context, code=code)


def _flush(context: Context, *, code: str = "") -> None:
    try:
        context.session.flush()
    except IntegrityError as error:
        if isinstance(error.orig, ExclusionViolation):
            raise Overlap(say("problems.overlap")) from error
        raise CodeTaken(say("problems.code_taken", code=code)) from error


def _change(context: Context, row: Any, values: State, links: tuple[State, State] = ({}, {})) -> None:
    """Change a row, and note it with the links that changed beside it; the same again changes nothing."""
    before = content_of(row)
    for name, value in values.items():
        setattr(row, name, value)
    if content_of(row) == before and links[0] == links[1]:
        return
    row.version += 1
    _flush(context)
    _note(context, "changed", row, before | links[0], content_of(row) | links[1])


def add_procedure(context: Context, wish: ProcedureIn) -> Procedure:
    """Add a procedure.

    Raises:
        CodeTaken: its code exists.
        OfficeUnknown: one of the offices is not the tenant's.
    """
    row = Procedure(id=uuid7(), tenant_id=context.tenant, **wish.model_dump(exclude={"office_ids"}))
    _insert(context, row, code=wish.code)
    _, links = _attend(context, procedure=row, office_ids=wish.office_ids)
    _note(context, "created", row, None, content_of(row) | links)
    return row


def change_procedure(context: Context, row: Procedure, wish: ProcedurePatch) -> None:
    """Change a procedure. Appointments that exist keep their length."""
    given = "office_ids" in wish.model_fields_set
    links = _attend(context, procedure=row, office_ids=wish.office_ids) if given else ({}, {})
    _change(context, row, wish.model_dump(exclude_unset=True, exclude={"office_ids"}), links)


def _attend(context: Context, *, procedure: Procedure, office_ids: Sequence[UUID]) -> tuple[State, State]:
    known = {office.id for office in repository.offices(context.session, context.tenant, inactive=True)}
    if not known.issuperset(office_ids):
        raise OfficeUnknown
    before = repository.set_links(
        context.session,
        context.tenant,
        [(office_id, procedure.id) for office_id in office_ids],
        of=OfficeProcedure.procedure_id == procedure.id,
    )
    return _links("office_ids", (office_id for office_id, _ in before), office_ids)


def _links(name: str, before: Iterable[UUID], after: Iterable[UUID]) -> tuple[State, State]:
    """Return which ids there were and are, in one order; nothing where they are the same."""
    was, now = (sorted({str(one) for one in ids}) for ids in (before, after))
    return ({}, {}) if was == now else ({name: was}, {name: now})


def add_office(context: Context, wish: OfficeIn) -> Office:
    """Add an office.

    Raises:
        CodeTaken: its code exists.
        ProcedureUnknown: one of the procedures is not the tenant's.
    """
    row = Office(id=uuid7(), tenant_id=context.tenant, **wish.model_dump(exclude={"procedure_ids"}))
    _insert(context, row, code=wish.code)
    _, links = _offer(context, office=row, procedure_ids=wish.procedure_ids)
    _note(context, "created", row, None, content_of(row) | links)
    return row


def change_office(context: Context, row: Office, wish: OfficePatch) -> None:
    """Change an office."""
    given = "procedure_ids" in wish.model_fields_set
    links = _offer(context, office=row, procedure_ids=wish.procedure_ids) if given else ({}, {})
    _change(context, row, wish.model_dump(exclude_unset=True, exclude={"procedure_ids"}), links)


def _offer(context: Context, *, office: Office, procedure_ids: Sequence[UUID]) -> tuple[State, State]:
    known = {row.id for row in repository.procedures(context.session, context.tenant, inactive=True)}
    if not known.issuperset(procedure_ids):
        raise ProcedureUnknown
    before = repository.set_links(
        context.session,
        context.tenant,
        [(office.id, procedure_id) for procedure_id in procedure_ids],
        of=OfficeProcedure.office_id == office.id,
    )
    return _links("procedure_ids", (procedure_id for _, procedure_id in before), procedure_ids)


def add_rule(context: Context, office: Office, wish: RuleIn) -> OpeningRule:
    """Add a weekly opening.

    Raises:
        Overlap: another rule covers a minute of it.
    """
    row = OpeningRule(id=uuid7(), tenant_id=context.tenant, office_id=office.id, **_plain(wish))
    _insert(context, row)
    _note(context, "created", row, None, content_of(row))
    return row


def change_rule(context: Context, row: OpeningRule, wish: RuleIn) -> None:
    """Replace a weekly opening. Appointments that exist keep their time.

    Raises:
        Overlap: another rule covers a minute of it.
    """
    _change(context, row, _plain(wish))


def _plain(wish: RuleIn | ExceptionIn) -> dict[str, Any]:
    return {name: getattr(wish, name) for name in type(wish).model_fields}


def remove(context: Context, row: OpeningRule | OpeningException) -> None:
    """Remove a rule or an exception."""
    before = content_of(row)
    context.session.delete(row)
    context.session.flush()
    _note(context, "removed", row, before, None)


def add_exception(context: Context, wish: ExceptionIn) -> tuple[OpeningException, int]:
    """Add a closure or an extra opening; returns it, and how many live appointments a closure touches.

    Raises:
        OfficeUnknown: not an office of the tenant.
    """
    _check_office(context, wish)
    row = OpeningException(id=uuid7(), tenant_id=context.tenant, **_plain(wish))
    _insert(context, row)
    _note(context, "created", row, None, content_of(row))
    return row, _affected(context, row) if wish.kind == "closed" else 0


def change_exception(context: Context, row: OpeningException, wish: ExceptionIn) -> int:
    """Replace a closure or an extra opening; returns how many live appointments a closure touches.

    Raises:
        OfficeUnknown: not an office of the tenant.
    """
    _check_office(context, wish)
    _change(context, row, _plain(wish))
    return _affected(context, row) if wish.kind == "closed" else 0


def _check_office(context: Context, wish: ExceptionIn) -> None:
    if wish.office_id is not None and repository.office(context.session, context.tenant, str(wish.office_id)) is None:
        raise OfficeUnknown


def _affected(context: Context, row: OpeningException) -> int:
    total = 0
    opens, closes = row.opens or 0, row.closes or MINUTES_PER_DAY
    last = min(row.last_day, context.now.date() + timedelta(days=400))
    for office in repository.offices(context.session, context.tenant):
        if row.office_id not in {None, office.id} or last < row.first_day:
            continue
        (calendar,) = calendars([office], [], [])
        start, end = calendar.bounds(row.first_day, last)
        seats = availability.taken_seats(context.session, [office.id], max(start, context.now), end)
        for seat in seats:
            day = calendar.local_day(seat.start)
            closed_from = instant(day, opens, calendar.zone)
            closed_until = instant(day, closes, calendar.zone, closing=True)
            if seat.appointment_id is not None and seat.start < closed_until and closed_from < seat.end:
                total += 1
    return total


def set_policy(context: Context, wish: PolicyIn) -> TenantPolicy:
    """Set how the tenant takes bookings; appointments already booked follow its new reminders."""
    row = repository.policy(context.session, context.tenant)
    before = None if row is None else content_of(row)
    if row is None:
        hours = list(context.settings.reminder_hours)
        row = TenantPolicy(tenant_id=context.tenant, version=0, reminder_hours=hours)
        context.session.add(row)
    for name, value in wish.values().items():
        setattr(row, name, value)
    if content_of(row) == before:
        return row
    row.version += 1
    context.session.flush()
    if wish.reminder_hours is not None:
        reminders.plan_tenant(context.session, context.tenant, row.reminder_hours, context.now)
    _note(context, "changed", row, before, content_of(row))
    return row
