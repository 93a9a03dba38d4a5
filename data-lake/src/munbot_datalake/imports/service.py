"""One record after the other, each once however often its file comes.

What was brought in is noted here, as services forget idempotency keys after some days; the keys see to it that a crash
between their answer and our note doubles nothing.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from munbot_common.audit import AuditBook
from munbot_common.auth import Principal
from munbot_common.client import ServiceClient, ServiceProblem
from munbot_common.database import SessionFactory, unit_of_work

from munbot_datalake.imports import repository, rules
from munbot_datalake.imports.rules import RecordRefused
from munbot_datalake.imports.schemas import AppointmentsImport, ComplaintsImport, Outcome, Record, Report

Make = Callable[[Record], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class _Kind:
    """What is brought in: a name for our notes, where it goes, which field of the answer people go by."""

    name: str
    client: ServiceClient
    path: str
    number: str


class Imports:
    """Imports for a tenant, in the name of this service.

    Args:
        factory: of sessions.
        complaints: complaints-api.
        scheduler: the scheduler.
        audit: the hub's log, which knows of each run before its first record.
    """

    def __init__(
        self, factory: SessionFactory, complaints: ServiceClient, scheduler: ServiceClient, audit: AuditBook
    ) -> None:
        self._factory = factory
        self._audit = audit
        self._complaints = _Kind("complaint", complaints, "/v1/complaints", "folio")
        self._appointments = _Kind("appointment", scheduler, "/v1/appointments", "code")

    def complaints(self, operator: Principal, wanted: ComplaintsImport) -> Report:
        """Register complaints.

        Raises:
            AuditAway: the run could not be noted, and has not begun.
            ServiceAway: complaints-api does not answer; what was registered before stays.
        """
        tree = self._complaints.client.request("GET", "/v1/categories", tenant=operator.tenant)
        names = rules.category_names(tree["items"])

        def make(record: Record) -> dict[str, Any]:
            return rules.complaint(record, names, wanted.categories, wanted.unknown_rut)

        return self._each(self._complaints, operator, wanted.records, make)

    def appointments(self, operator: Principal, wanted: AppointmentsImport, zone: ZoneInfo) -> Report:
        """Book appointments.

        Raises:
            AuditAway: the run could not be noted, and has not begun.
            ServiceAway: the scheduler does not answer; what was booked before stays.
        """
        return self._each(self._appointments, operator, wanted.records, lambda record: rules.appointment(record, zone))

    def close(self) -> None:
        """Close the connections."""
        self._complaints.client.close()
        self._appointments.client.close()

    def _each(self, kind: _Kind, operator: Principal, records: Sequence[Record], make: Make) -> Report:
        self._audit.note(
            operator, action="import.run", object_type="import", object_id=kind.name, after={"records": len(records)}
        )
        outcomes: list[Outcome] = []
        seen: set[str] = set()
        for place, record in enumerate(records):
            key = f"#{place + 1}"
            try:
                key = rules.new_id(record, seen)
                seen.add(key)
                outcomes.append(self._one(kind, operator.tenant, key, make(record)))
            except RecordRefused as refused:
                outcomes.append(Outcome(id=key, outcome="refused", code=refused.code, reason=str(refused)))
        counted = Counter(outcome.outcome for outcome in outcomes)
        return Report(
            imported=counted["imported"], known=counted["known"], refused=counted["refused"], outcomes=outcomes
        )

    def _one(self, kind: _Kind, tenant: str, key: str, body: dict[str, Any]) -> Outcome:
        with unit_of_work(self._factory) as session:
            known = repository.number_of(session, tenant, kind.name, key)
        if known:
            return Outcome(id=key, outcome="known", number=known)
        try:
            made = kind.client.request("POST", kind.path, tenant=tenant, json=body, idempotency_key=f"import:{key}")
        except ServiceProblem as problem:
            raise RecordRefused(problem.code, problem.detail) from problem
        number = str(made[kind.number])
        with unit_of_work(self._factory) as session:
            repository.note(session, tenant, kind.name, key, number)
        return Outcome(id=key, outcome="imported", number=number)
