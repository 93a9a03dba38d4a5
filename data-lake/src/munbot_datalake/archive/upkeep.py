"""Fewer, larger files, and nothing in the bucket that the catalogue does not know.

When a day (UTC) is over, its files become one; when a month has been over for some days, its files become one, in the
folder `date=2026-10`. What is replaced stays readable for those who read it now, and is swept later.
"""

import io
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date, timedelta
from typing import TypeVar
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq
from minio import Minio
from minio.deleteobjects import DeleteObject
from munbot_common.clock import Clock, utc_now
from munbot_common.database import SessionFactory, unit_of_work
from munbot_common.ids import uuid7
from munbot_common.logs import get_logger

from munbot_datalake.archive import files, repository
from munbot_datalake.archive.metrics import FILES
from munbot_datalake.archive.models import ArchiveFile
from munbot_datalake.archive.shapes import schema_of

log = get_logger("datalake.upkeep")

MONTH_RESTS = timedelta(days=7)
"""Events may come late: so long after its end, a month's files stay days'."""
MAX_ROWS = 1_000_000
"""Files are not merged into larger ones than this."""

_K = TypeVar("_K", bound=Hashable)


class Upkeep:
    """Merges and sweeps.

    Args:
        factory: of sessions.
        client: of the object store.
        bucket: the lake's.
        orphan_age: so long an object may be unknown to the catalogue: writers put objects first, and readers may still
            have a file that was replaced.
        clock: for tests.
    """

    def __init__(
        self,
        factory: SessionFactory,
        client: Minio,
        bucket: str,
        *,
        orphan_age: timedelta = timedelta(hours=2),
        clock: Clock = utc_now,
    ) -> None:
        self._factory = factory
        self._client = client
        self._bucket = bucket
        self._orphan_age = orphan_age
        self._clock = clock

    def merge(self) -> int:
        """Merge the files of days and months that are over; returns how many files were merged away."""
        today = self._clock().date()
        gone = self._merge_by(
            lambda file: (file.tenant_id, file.type, file.first_day), lambda file: file.last_day < today
        )
        month_ends_before = today - MONTH_RESTS
        return gone + self._merge_by(
            lambda file: (file.tenant_id, file.type, file.first_day.replace(day=1)),
            lambda file: _next_month(file.last_day) <= month_ends_before,
        )

    def sweep(self) -> int:
        """Delete the objects that the catalogue does not know; returns how many."""
        before = self._clock() - self._orphan_age
        old = [
            item.object_name
            for item in self._client.list_objects(self._bucket, prefix=files.PREFIX, recursive=True)
            if item.object_name and item.last_modified and item.last_modified < before
        ]
        # The catalogue is read after the listing: what was in it once and is not now has been replaced.
        with unit_of_work(self._factory) as session:
            known = {file.key for file in repository.files(session)}
        orphans = [name for name in old if name not in known]
        failed = list(self._client.remove_objects(self._bucket, [DeleteObject(name) for name in orphans]))
        FILES.labels("swept").inc(len(orphans) - len(failed))
        if orphans:
            log.info("orphans_swept", count=len(orphans), failed=len(failed))
        return len(orphans) - len(failed)

    def _merge_by(self, key: Callable[[ArchiveFile], _K], over: Callable[[ArchiveFile], bool]) -> int:
        with unit_of_work(self._factory) as session:
            catalogue = [file for file in repository.files(session) if over(file)]
        gone = 0
        for group in _groups(catalogue, key):
            if len(group) > 1:
                gone += self._merge(group)
        return gone

    def _merge(self, group: Sequence[ArchiveFile]) -> int:
        first = group[0]
        schema = schema_of(first.type)
        tables = [_fitted(_read(files.get(self._client, self._bucket, file)), schema) for file in group]
        whole = pa.concat_tables(tables).sort_by([("time", "ascending"), ("event_id", "ascending")])
        days = (min(file.first_day for file in group), max(file.last_day for file in group))
        if days[0] != days[1]:
            days = (days[0].replace(day=1), _next_month(days[1]) - timedelta(days=1))
        made = files.put(
            self._client,
            self._bucket,
            whole,
            tenant=first.tenant_id,
            event_type=first.type,
            days=days,
            file_id=uuid7(),
        )
        old: list[UUID] = [file.id for file in group]
        with self._factory() as session:
            if not repository.replace_files(session, old, [made]):
                return 0
            session.commit()
        FILES.labels("merged").inc(len(old))
        return len(old)


def _groups(catalogue: Iterable[ArchiveFile], key: Callable[[ArchiveFile], _K]) -> list[list[ArchiveFile]]:
    """Return files of one key together, but no more of them than make a file of `MAX_ROWS`."""
    by_key: dict[_K, list[list[ArchiveFile]]] = defaultdict(lambda: [[]])
    for file in catalogue:
        groups = by_key[key(file)]
        if groups[-1] and sum(other.rows for other in groups[-1]) + file.rows > MAX_ROWS:
            groups.append([])
        groups[-1].append(file)
    return [group for groups in by_key.values() for group in groups]


def _read(content: bytes) -> pa.Table:
    return pq.read_table(io.BytesIO(content))


def _fitted(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return a table with today's columns: new ones are empty, and what is not kept any more is left out."""
    columns = [
        table.column(field.name).cast(field.type)
        if field.name in table.column_names
        else pa.nulls(table.num_rows, field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
