"""A tenant's agenda as a whole: procedures, offices, calendars and policy, kept in memory while nothing changes.

Every request asks the database for the agenda's version, in its own transaction, and loads the rest only when that
number is new: five statements fewer per booking, and no answer from an old agenda.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from munbot_scheduler.availability import repository
from munbot_scheduler.availability.calendar import OfficeCalendar, calendars
from munbot_scheduler.catalogue import repository as catalogue
from munbot_scheduler.catalogue.models import Procedure, TenantPolicy


@dataclass(frozen=True, slots=True)
class Agenda:
    """Everything of a tenant that changes rarely. Its rows belong to no session: read them, never change them."""

    version: int
    loaded_on: date
    procedures: dict[str, Procedure]
    calendars: dict[str, OfficeCalendar]
    attended_by: dict[UUID, list[UUID]]
    policy: TenantPolicy | None

    def procedure(self, reference: str) -> Procedure | None:
        """Return a procedure by id or code."""
        return self.procedures.get(_key(reference))

    def calendar(self, reference: str) -> OfficeCalendar | None:
        """Return the calendar of an active office, by id or code."""
        return self.calendars.get(_key(reference))

    def attending(self, procedure: Procedure) -> Sequence[OfficeCalendar]:
        """Return the calendars of the offices that attend a procedure, by name."""
        return [self.calendars[str(office_id)] for office_id in self.attended_by.get(procedure.id, [])]


@dataclass(slots=True)
class AgendaCache:
    """The agendas of all tenants, by tenant. Threads may share it: entries are replaced whole."""

    agendas: dict[str, Agenda] = field(default_factory=dict)

    def get(self, session: Session, tenant: str, today: date) -> Agenda:
        """Return the tenant's agenda as it is now.

        Args:
            session: the request's session.
            tenant: whose.
            today: exceptions of past days are left out, so an agenda is loaded anew each day.
        """
        version = catalogue.agenda_version(session, tenant)
        kept = self.agendas.get(tenant)
        if kept is not None and (kept.version, kept.loaded_on) == (version, today):
            return kept
        agenda = _load(session, tenant, version or 0, today)
        if version is not None:  # a tenant without an agenda is not worth remembering, whatever somebody calls it
            self.agendas[tenant] = agenda
        return agenda


def _load(session: Session, tenant: str, version: int, today: date) -> Agenda:
    procedures = catalogue.procedures(session, tenant)
    offices = catalogue.offices(session, tenant)
    ids = [office.id for office in offices]
    rules = repository.opening_rules(session, ids)
    exceptions = repository.opening_exceptions(session, tenant, first=today - timedelta(days=2))
    _, by_procedure = catalogue.links(session, tenant)
    policy = catalogue.policy(session, tenant)
    for row in (*procedures, *offices, policy):
        if row is not None:
            session.expunge(row)
    found = calendars(offices, rules, exceptions)
    return Agenda(
        version=version,
        loaded_on=today,
        procedures={key: row for row in procedures for key in (row.code, str(row.id))},
        calendars={key: item for item in found for key in (item.office.code, str(item.office.id))},
        attended_by=by_procedure,
        policy=policy,
    )


def _key(reference: str) -> str:
    identifier = catalogue.as_uuid(reference)
    return reference if identifier is None else str(identifier)
