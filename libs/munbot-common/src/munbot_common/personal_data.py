"""What services with a PostgreSQL database have in common when a person asks for their data, or for its end.

A service names the rows that are about the person (`Owned`). Whatever else it keeps is looked through for traces:
every column of text of every table, so that a new table is covered before anybody thinks of it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from munbot_contracts import routing_key
from munbot_contracts.audit import AUDIT_NOTED
from munbot_contracts.people import Exported, Found, Holding, Marks, Matches, Person
from sqlalchemy import ARRAY, ColumnElement, MetaData, String, Table, Text, cast, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import KeyedColumnElement

from munbot_common.traces import Traces, mark_of

NEVER_CHANGED = frozenset({"audit_log", "audit_heads", "tenants", "agents"})
"""Logs that hold no personal data of citizens and cannot be changed, and the office's own people and description."""
EXPORT_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class Owned:
    """Rows that are about the person."""

    table: Table
    where: ColumnElement[bool]
    left_out: Collection[str] = ()
    """Columns that no export shows: keys, hashes, other people's words."""


def held(session: Session, service: str, owned: Iterable[Owned]) -> list[Holding]:
    """Count the person's rows, by table; tables without any are not named."""
    counts = [(one, session.scalar(select(func.count()).select_from(one.table).where(one.where))) for one in owned]
    return [Holding(store=f"{service}.{one.table.name}", count=count) for one, count in counts if count]


def exported(session: Session, service: str, owned: Iterable[Owned]) -> Exported:
    """Return the person's rows as JSON knows them, at most `EXPORT_LIMIT` of a table."""
    records: dict[str, list[dict[str, Any]]] = {}
    for one in owned:
        columns = [column for column in one.table.columns if column.name not in one.left_out]
        rows = session.execute(select(*columns).where(one.where).limit(EXPORT_LIMIT)).mappings()
        if found := [dict(row) for row in rows]:
            records[f"{service}.{one.table.name}"] = found
    return Exported.model_validate_json(Exported(service=service, records=records).model_dump_json())


class Mentions:
    """Text in a database that names the person.

    Two people may share a telephone, a mail or a name. So the columns that say who another person is are not looked at
    (`said_of_others`), and rows that are somebody's as a whole (`whole`) go only where they are surely the person's.
    What is on its way to the audit log stays: it holds nothing personal, and an erasure is noted there by the same ids.

    Args:
        session: of the request.
        metadata: of all tables of the service.
        person: with all that is known of them.
        tenant: rows of other tenants are neither seen nor changed.
        whole: tables whose rows mean nothing without the person: events on their way, answers kept for repetitions.
        said_of_others: columns by table; the person's own rows are found by other ways.
        strictly: by what rows of `whole` tables are theirs; by default the RUT, their appointments and complaints.
    """

    def __init__(
        self,
        session: Session,
        metadata: MetaData,
        person: Person,
        tenant: str,
        *,
        whole: Collection[str] = ("outbox", "idempotency_keys"),
        said_of_others: Mapping[str, Collection[str]] | None = None,
        strictly: Person | None = None,
    ) -> None:
        self._session = session
        self._traces = Traces(person)
        self._strict = Traces(strictly or named_by(person, *person.appointments, *person.complaints))
        self._tenant = tenant
        self._whole = frozenset(whole)
        self._said = said_of_others or {}
        self._tables = [table for table in metadata.sorted_tables if table.name not in NEVER_CHANGED]

    def count(self, service: str, owned: Sequence[Owned] = ()) -> list[Holding]:
        """Count the rows that name the person and are not among their own."""
        found = []
        for table in self._tables:
            own = [one.where for one in owned if one.table is table]
            if count := len(self._rows(table, own)):
                found.append(Holding(store=f"{service}.{table.name}", count=count))
        return found

    def remove(self, service: str) -> list[Holding]:
        """Take the person out of every text; returns how many rows of which table were changed or deleted."""
        done = []
        for table in self._tables:
            rows = self._rows(table, [])
            for row in rows:
                key = [column == row[column.name] for column in table.primary_key.columns]
                if table.name in self._whole:
                    self._session.execute(delete(table).where(*key))
                else:
                    self._session.execute(update(table).where(*key).values(self._clean(table, row)))
            if rows:
                done.append(Holding(store=f"{service}.{table.name}", count=len(rows)))
        return done

    def _rows(self, table: Table, but: Sequence[ColumnElement[bool]]) -> list[dict[str, Any]]:
        columns = self._texts(table)
        if not columns:
            return []
        traces = self._strict if table.name in self._whole else self._traces
        named = or_(*(cast(column, Text).regexp_match(traces.pattern, flags="i") for column in columns))
        query = select(*table.primary_key.columns, *(c for c in columns if not c.primary_key)).where(named)
        query = query.where(*_of_tenant(table, self._tenant))
        if table.name == "outbox":
            query = query.where(table.c.routing_key != routing_key(AUDIT_NOTED))
        for condition in but:
            query = query.where(~func.coalesce(condition, False))
        rows = [dict(row) for row in self._session.execute(query).mappings()]
        return [row for row in rows if any(traces.within(row[column.name]) for column in columns)]

    def _clean(self, table: Table, row: dict[str, Any]) -> dict[str, Any]:
        found = {column.name: row[column.name] for column in self._texts(table)}
        return {name: self._traces.without(value) for name, value in found.items() if self._traces.within(value)}

    def _texts(self, table: Table) -> list[KeyedColumnElement[Any]]:
        left = {"tenant_id", "correlation_id", *self._said.get(table.name, ())}
        return [column for column in table.columns if column.name not in left and _holds_text(column)]


def named_by(person: Person, *ids: object) -> Person:
    """Return a person known by the RUT and by ids of what is theirs, and by nothing that two people may share."""
    return Person(rut=person.rut, addresses=tuple(str(one) for one in ids))


def found(
    session: Session, service: str, *, person: Person, known: Person, owned: Sequence[Owned], mentions: Mentions
) -> Found:
    """Return the answer to `find`: the person's rows, the rows that name them, and what is known of them here."""
    return Found(
        service=service,
        holdings=tuple(held(session, service, owned)),
        mentions=tuple(mentions.count(service, owned)),
        known=Person(rut=person.rut).with_all_of(known),
    )


def matches(session: Session, tenant: str, ruts: KeyedColumnElement[str], wanted: Marks) -> Matches:
    """Return which RUTs of a column are those of erased people."""
    table = ruts.table
    query = select(ruts).where(ruts.is_not(None), table.c.tenant_id == tenant).distinct()
    marks = frozenset(wanted.marks)
    return Matches(ruts=tuple(rut for rut in session.scalars(query) if mark_of(wanted.key, tenant, rut) in marks))


def _holds_text(column: KeyedColumnElement[Any]) -> bool:
    kind = column.type
    return isinstance(kind, String | JSONB) or (isinstance(kind, ARRAY) and isinstance(kind.item_type, String))


def _of_tenant(table: Table, tenant: str) -> Iterator[ColumnElement[bool]]:
    """Yield which rows are a tenant's: by their own column, or by that of the row that they belong to."""
    if "tenant_id" in table.columns:
        yield table.c.tenant_id == tenant
        return
    for key in table.foreign_keys:
        owner = key.column.table
        if "tenant_id" in owner.columns:
            yield key.parent.in_(select(key.column).where(owner.c.tenant_id == tenant))
            return
