"""A person in the archive: pseudonyms, by which their events could be told from others', and which can be taken out.

The archive holds no names, RUTs or words (`munbot_contracts.privacy`). What links events of one person is a keyed
pseudonym. Erasing removes it from every file and waiting row: the events stay as figures of nobody.
"""

import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from minio import Minio
from munbot_common.auth import Principal
from munbot_common.database import SessionFactory, unit_of_work
from munbot_common.ids import uuid7
from munbot_common.objects import remove_for_good
from munbot_common.problems import Unavailable
from munbot_contracts.people import (
    Erased,
    Exported,
    Found,
    Holding,
    Kept,
    Marks,
    Matches,
    Person,
    Rectification,
    Rectified,
)
from sqlalchemy import select

from munbot_datalake.archive import files, repository
from munbot_datalake.archive.models import ArchiveFile, StagedEvent
from munbot_datalake.archive.pseudonyms import Pseudonyms
from munbot_datalake.diskcache import DiskCache
from munbot_datalake.store import STORE_ERRORS
from munbot_datalake.texts import say

SERVICE = "lake"
EVENTS = f"{SERVICE}.events"
_EXPORTED = 10_000


class PersonalData:
    """What the archive does about one person.

    Args:
        factory: of sessions.
        client: of the object store.
        bucket: the lake's.
        cache: of files on this machine.
        pseudonyms: with the instance's key.
    """

    def __init__(
        self, factory: SessionFactory, client: Minio, bucket: str, *, cache: DiskCache, pseudonyms: Pseudonyms
    ) -> None:
        self._factory = factory
        self._client = client
        self._bucket = bucket
        self._cache = cache
        self._pseudonyms = pseudonyms

    def find(self, principal: Principal, person: Person) -> Found:
        """Count the events that carry one of the person's pseudonyms."""
        names = self._names(principal.tenant, person)
        count = sum(1 for _ in self._events(principal.tenant, names))
        holdings = (Holding(store=EVENTS, count=count),) if count else ()
        return Found(service=SERVICE, holdings=holdings, known=Person(rut=person.rut))

    def export(self, principal: Principal, person: Person) -> Exported:
        """Give the person's pseudonyms and the events that carry them."""
        names = self._names(principal.tenant, person)
        events = [event for event, _ in zip(self._events(principal.tenant, names), range(_EXPORTED), strict=False)]
        records = {f"{SERVICE}.pseudonyms": [{"pseudonym": name} for name in sorted(names)]} if events else {}
        if events:
            records[EVENTS] = events
        return Exported(service=SERVICE, records=records)

    def rectify(self, principal: Principal, wish: Rectification) -> Rectified:  # noqa: ARG002 - nothing to change
        """Change nothing: there is no name, telephone or e-mail here."""
        return Rectified(service=SERVICE)

    def erase(self, principal: Principal, person: Person) -> Erased:
        """Take the pseudonyms out; each file is replaced on its own, so that a later call goes on where this ended.

        Raises:
            Unavailable: the object store is away.
        """
        tenant, names = principal.tenant, self._names(principal.tenant, person)
        try:
            count = self._unstage(tenant, names) + sum(self._rewrite(file, names) for file in self._catalogue(tenant))
        except STORE_ERRORS as error:
            raise Unavailable from error
        if not count:
            return Erased(service=SERVICE)
        kept = Kept(store=EVENTS, count=count, reason=say("privacy.kept"))
        return Erased(service=SERVICE, erased=(Holding(store=f"{SERVICE}.pseudonyms", count=count),), kept=(kept,))

    def match(self, principal: Principal, marks: Marks) -> Matches:  # noqa: ARG002 - see below
        """Tell nothing: no RUT can be read here. Who is back elsewhere is erased here as well."""
        return Matches()

    def _names(self, tenant: str, person: Person) -> frozenset[str]:
        numbers = (phone.removeprefix("+") for phone in person.phones)
        values = (person.rut, *person.phones, *numbers, *person.addresses)
        return frozenset(self._pseudonyms.of(tenant, value) for value in values)

    def _catalogue(self, tenant: str) -> list[ArchiveFile]:
        with unit_of_work(self._factory) as session:
            return list(repository.files(session, tenant=tenant))

    def _events(self, tenant: str, names: frozenset[str]) -> Iterator[dict[str, Any]]:
        try:
            for file in self._catalogue(tenant):
                table = self._read(file)
                for row in table.filter(_carries(table, names)).to_pylist():
                    yield json.loads(json.dumps(row, default=str))
        except STORE_ERRORS as error:
            raise Unavailable from error
        with unit_of_work(self._factory) as session:
            waiting = session.scalars(select(StagedEvent.row).where(StagedEvent.tenant_id == tenant)).all()
        yield from (row for row in waiting if _without(row, names) != row)

    def _unstage(self, tenant: str, names: frozenset[str]) -> int:
        """Change rows that wait, while no file is being written."""
        count = 0
        with unit_of_work(self._factory) as session:
            rows = select(StagedEvent).where(StagedEvent.tenant_id == tenant).with_for_update()
            for waiting in session.scalars(rows):
                changed = _without(waiting.row, names)
                if changed != waiting.row:
                    waiting.row = dict(changed)
                    count += 1
        return count

    def _rewrite(self, file: ArchiveFile, names: frozenset[str]) -> int:
        table = self._read(file)
        count = pc.sum(_carries(table, names).cast(pa.int64())).as_py() or 0
        if not count:
            return 0
        made = files.put(
            self._client,
            self._bucket,
            _cleaned(table, names),
            tenant=file.tenant_id,
            event_type=file.type,
            days=(file.first_day, file.last_day),
            file_id=uuid7(),
        )
        with self._factory() as session:
            if not repository.replace_files(session, [file.id], [made]):
                remove_for_good(self._client, self._bucket, made.key)
                return 0  # it was merged meanwhile; whoever asks again finds what it became
            session.commit()
        remove_for_good(self._client, self._bucket, file.key)
        self._cache.forget(f"{file.id}.parquet")
        return int(count)

    def _read(self, file: ArchiveFile) -> pa.Table:
        return pq.read_table(io.BytesIO(files.get(self._client, self._bucket, file)))


def _texts(table: pa.Table) -> list[str]:
    return [field.name for field in table.schema if pa.types.is_string(field.type) and field.nullable]


def _carries(table: pa.Table, names: frozenset[str]) -> pa.Array:
    """Return which rows hold a pseudonym, alone or inside a list that is kept as JSON."""
    found = pa.array([False] * table.num_rows, pa.bool_())
    pattern = "|".join(sorted(names))
    for column in _texts(table):
        there = pc.match_substring_regex(table.column(column).combine_chunks(), pattern)
        found = pc.or_(found, pc.fill_null(there, fill_value=False))
    return found


def _cleaned(table: pa.Table, names: frozenset[str]) -> pa.Table:
    for position, field in enumerate(table.schema):
        if field.name in _texts(table):
            values = [_value_without(value, names) for value in table.column(position).to_pylist()]
            table = table.set_column(position, field, pa.array(values, field.type))
    return table


def _without(row: Mapping[str, Any], names: frozenset[str]) -> Mapping[str, Any]:
    return {key: _value_without(value, names) if isinstance(value, str) else value for key, value in row.items()}


def _value_without(value: str | None, names: frozenset[str]) -> str | None:
    if value is None or value in names:
        return None
    for name in names:
        value = value.replace(name, "")
    return value
