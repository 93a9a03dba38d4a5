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
from munbot_scheduler.texts import say

Row = TypeVar("Row", bound=Base)

_UNSEEN = {"tenant_id", "created_at"}


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


def audited(row: Base) -> dict[str, Any]:
    """Return a row as the audit trail keeps it."""
    content: dict[str, Any] = jsonable_encoder(
        {name: value for name, value in columns_of(row).items() if name not in _UNSEEN}
    )
    return content


def found(row: Row | None) -> Row:
    """Return the row.

    Raises:
        NotFound: there is none.
    """
    if row is None:
        raise NotFound
    return row


def _note(context: Context, action: str, row: Any, before: dict[str, Any] | None, *, gone: bool = False) -> None:
    kinds = {
        Procedure: "procedure",
        Office: "office",
        OpeningRule: "opening_rule",
        OpeningException: "opening_exception",
    }
    record(
        context.session,
        context.actor,
        action=action,
        object_type=kinds[type(row)],
        object_id=row.id,
        before=before,
        after=None if gone else audited(row),
        now=context.now,
    )


def _add(context: Context, row: Any, *, code: str = "") -> None:
    """Insert a row.

    Raises:
        CodeTaken: its code exists in the tenant.
        Overlap: it covers the minutes of another rule.
    """
    context.session.add(row)
    _flush(context, code=code)
    _note(context, "created", row, None)


def _flush(context: Context, *, code: str = "") -> None:
    try:
        context.session.flush()
    except IntegrityError as error:
        if isinstance(error.orig, ExclusionViolation):
            raise Overlap(say("problems.overlap")) from error
        raise CodeTaken(say("problems.code_taken", code=code)) from error


def _change(context: Context, row: Any, values: dict[str, Any]) -> None:
    before = audited(row)
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    _flush(context)
    _note(context, "changed", row, before)


def add_procedure(context: Context, wish: ProcedureIn) -> Procedure:
    """Add a procedure.

    Raises:
        CodeTaken: its code exists.
        OfficeUnknown: one of the offices is not the tenant's.
    """
    row = Procedure(id=uuid7(), tenant_id=context.tenant, **wish.model_dump(exclude={"office_ids"}))
    _add(context, row, code=wish.code)
    _attend(context, procedure=row, office_ids=wish.office_ids)
    return row


def change_procedure(context: Context, row: Procedure, wish: ProcedurePatch) -> None:
    """Change a procedure. Appointments that exist keep their length."""
    _change(context, row, wish.model_dump(exclude_unset=True, exclude={"office_ids"}))
    if "office_ids" in wish.model_fields_set:
        _attend(context, procedure=row, office_ids=wish.office_ids)


def _attend(context: Context, *, procedure: Procedure, office_ids: Sequence[UUID]) -> None:
    known = {office.id for office in repository.offices(context.session, context.tenant, inactive=True)}
    if not known.issuperset(office_ids):
        raise OfficeUnknown
    repository.set_links(
        context.session,
        context.tenant,
        [(office_id, procedure.id) for office_id in office_ids],
        of=OfficeProcedure.procedure_id == procedure.id,
    )


def add_office(context: Context, wish: OfficeIn) -> Office:
    """Add an office.

    Raises:
        CodeTaken: its code exists.
        ProcedureUnknown: one of the procedures is not the tenant's.
    """
    row = Office(id=uuid7(), tenant_id=context.tenant, **wish.model_dump(exclude={"procedure_ids"}))
    _add(context, row, code=wish.code)
    _offer(context, office=row, procedure_ids=wish.procedure_ids)
    return row


def change_office(context: Context, row: Office, wish: OfficePatch) -> None:
    """Change an office."""
    _change(context, row, wish.model_dump(exclude_unset=True, exclude={"procedure_ids"}))
    if "procedure_ids" in wish.model_fields_set:
        _offer(context, office=row, procedure_ids=wish.procedure_ids)


def _offer(context: Context, *, office: Office, procedure_ids: Sequence[UUID]) -> None:
    known = {row.id for row in repository.procedures(context.session, context.tenant, inactive=True)}
    if not known.issuperset(procedure_ids):
        raise ProcedureUnknown
    repository.set_links(
        context.session,
        context.tenant,
        [(office.id, procedure_id) for procedure_id in procedure_ids],
        of=OfficeProcedure.office_id == office.id,
    )


def add_rule(context: Context, office: Office, wish: RuleIn) -> OpeningRule:
    """Add a weekly opening.

    Raises:
        Overlap: another rule covers a minute of it.
    """
    row = OpeningRule(id=uuid7(), tenant_id=context.tenant, office_id=office.id, **_plain(wish))
    _add(context, row)
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
    before = audited(row)
    context.session.delete(row)
    context.session.flush()
    _note(context, "removed", row, before, gone=True)


def add_exception(context: Context, wish: ExceptionIn) -> tuple[OpeningException, int]:
    """Add a closure or an extra opening; returns it, and how many live appointments a closure touches.

    Raises:
        OfficeUnknown: not an office of the tenant.
    """
    _check_office(context, wish)
    row = OpeningException(id=uuid7(), tenant_id=context.tenant, **_plain(wish))
    _add(context, row)
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
    """Set how the tenant takes bookings."""
    row = repository.policy(context.session, context.tenant)
    before = None if row is None else audited(row)
    if row is None:
        row = TenantPolicy(tenant_id=context.tenant, version=0, **wish.model_dump())
        context.session.add(row)
    for name, value in wish.model_dump().items():
        setattr(row, name, value)
    row.version += 1
    context.session.flush()
    record(
        context.session,
        context.actor,
        action="changed",
        object_type="policy",
        object_id=UUID(int=0),
        before=before,
        after=audited(row),
        now=context.now,
    )
    return row
