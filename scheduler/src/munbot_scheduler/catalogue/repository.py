"""Queries about procedures, offices and policies."""

from collections.abc import Iterable, Sequence
from typing import cast
from uuid import UUID

from sqlalchemy import ColumnElement, Table, Text, bindparam, delete, insert, select
from sqlalchemy.orm import Session

from munbot_scheduler.catalogue.models import AgendaVersion, Office, OfficeProcedure, Procedure, TenantPolicy

_versions = cast("Table", AgendaVersion.__table__).c
_AGENDA_VERSION = select(_versions.version).where(_versions.tenant_id == bindparam("tenant", type_=Text))


def as_uuid(text: str) -> UUID | None:
    """Return the UUID that `text` writes, or None when it is something else, such as a code."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _is(model: type[Procedure] | type[Office], reference: str) -> ColumnElement[bool]:
    identifier = as_uuid(reference)
    return model.code == reference if identifier is None else model.id == identifier


def policy(session: Session, tenant: str) -> TenantPolicy | None:
    """Return the tenant's own policy, if it has one."""
    return session.get(TenantPolicy, tenant)


def agenda_version(session: Session, tenant: str) -> int | None:
    """Return the number that grows with every change of the tenant's agenda; None for a tenant without one."""
    return session.scalar(_AGENDA_VERSION, {"tenant": tenant})


def procedure(session: Session, tenant: str, reference: str) -> Procedure | None:
    """Return a procedure of the tenant by id or code."""
    return session.scalar(select(Procedure).where(Procedure.tenant_id == tenant, _is(Procedure, reference)))


def office(session: Session, tenant: str, reference: str) -> Office | None:
    """Return an office of the tenant by id or code."""
    return session.scalar(select(Office).where(Office.tenant_id == tenant, _is(Office, reference)))


def procedures(session: Session, tenant: str, *, inactive: bool = False) -> Sequence[Procedure]:
    """Return the tenant's procedures by name."""
    query = select(Procedure).where(Procedure.tenant_id == tenant).order_by(Procedure.name)
    return session.scalars(query if inactive else query.where(Procedure.active)).all()


def offices(session: Session, tenant: str, *, inactive: bool = False) -> Sequence[Office]:
    """Return the tenant's offices by name."""
    query = select(Office).where(Office.tenant_id == tenant).order_by(Office.name)
    return session.scalars(query if inactive else query.where(Office.active)).all()


def links(session: Session, tenant: str) -> tuple[dict[UUID, list[UUID]], dict[UUID, list[UUID]]]:
    """Return which procedures each office attends, and which offices each procedure has."""
    by_office: dict[UUID, list[UUID]] = {}
    by_procedure: dict[UUID, list[UUID]] = {}
    rows = session.execute(
        select(OfficeProcedure.office_id, OfficeProcedure.procedure_id)
        .join(Office, Office.id == OfficeProcedure.office_id)
        .join(Procedure, Procedure.id == OfficeProcedure.procedure_id)
        .where(OfficeProcedure.tenant_id == tenant, Office.active, Procedure.active)
        .order_by(Office.name, Procedure.name)
    )
    for office_id, procedure_id in rows:
        by_office.setdefault(office_id, []).append(procedure_id)
        by_procedure.setdefault(procedure_id, []).append(office_id)
    return by_office, by_procedure


def set_links(
    session: Session, tenant: str, pairs: Iterable[tuple[UUID, UUID]], *, of: ColumnElement[bool]
) -> list[tuple[UUID, UUID]]:
    """Replace the links that `of` selects by these (office, procedure) pairs; return those there were."""
    gone = delete(OfficeProcedure).where(OfficeProcedure.tenant_id == tenant, of)
    found = session.execute(gone.returning(OfficeProcedure.office_id, OfficeProcedure.procedure_id)).all()
    rows = [{"tenant_id": tenant, "office_id": o, "procedure_id": p} for o, p in dict.fromkeys(pairs)]
    if rows:
        session.execute(insert(OfficeProcedure), rows)
    return [(office_id, procedure_id) for office_id, procedure_id in found]
