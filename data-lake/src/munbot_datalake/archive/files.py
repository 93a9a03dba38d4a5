"""Parquet files: how rows become one, and where it lies."""

import hashlib
import io
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq
from minio import Minio

from munbot_datalake.archive.models import ArchiveFile
from munbot_datalake.archive.rows import Row
from munbot_datalake.archive.shapes import schema_of

PREFIX = "events/"
CONTENT_TYPE = "application/vnd.apache.parquet"


def object_key(*, tenant: str, event_type: str, period: str, file_id: UUID) -> str:
    """Return where a file lies: `events/tenant=…/type=…/date=…/<id>.parquet`.

    Args:
        tenant: whose events.
        event_type: their type.
        period: `2026-11-21`, or `2026-11` for a whole month.
        file_id: of the file.
    """
    return f"{PREFIX}tenant={quote(tenant, safe='')}/type={quote(event_type, safe='')}/date={period}/{file_id}.parquet"


def table_of(event_type: str, rows: Iterable[Row]) -> pa.Table:
    """Return rows as a table with their type's schema, in the order of time."""
    schema = schema_of(event_type)
    given = sorted(rows, key=lambda row: (row["time"], row["event_id"]))
    columns = [_column(field.type, [row.get(field.name) for row in given]) for field in schema]
    return pa.Table.from_arrays(columns, schema=schema)


def encode(table: pa.Table) -> bytes:
    """Return the content of a Parquet file."""
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd", compression_level=6, row_group_size=100_000)
    return sink.getvalue()


def put(
    client: Minio, bucket: str, table: pa.Table, *, tenant: str, event_type: str, days: Sequence[date], file_id: UUID
) -> ArchiveFile:
    """Write a table to the store and return the row that would make it part of the archive.

    Args:
        client: of the store.
        bucket: the lake's.
        table: events of one type and tenant.
        tenant: whose they are.
        event_type: their type.
        days: first and last day of the file's period, UTC.
        file_id: a new id.
    """
    first, last = days
    period = first.isoformat() if first == last else f"{first:%Y-%m}"
    key = object_key(tenant=tenant, event_type=event_type, period=period, file_id=file_id)
    content = encode(table)
    client.put_object(bucket, key, io.BytesIO(content), len(content), content_type=CONTENT_TYPE)
    return ArchiveFile(
        id=file_id,
        tenant_id=tenant,
        type=event_type,
        first_day=first,
        last_day=last,
        key=key,
        rows=table.num_rows,
        bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def get(client: Minio, bucket: str, file: ArchiveFile) -> bytes:
    """Return a file's content.

    Raises:
        FileDamaged: it is not what the catalogue says.
    """
    answer = client.get_object(bucket, file.key)
    try:
        content = answer.read()
    finally:
        answer.close()
        answer.release_conn()
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise FileDamaged(file.key)
    return content


class FileDamaged(Exception):
    """A file's content is not what was written."""


def _column(kind: pa.DataType, values: list[Any]) -> pa.Array:
    read = _reader(kind)
    return pa.array([None if value is None else read(value) for value in values], kind)


def _reader(kind: pa.DataType) -> Callable[[Any], Any]:
    """Return what makes a column's value of one from JSON."""
    if pa.types.is_timestamp(kind):
        return datetime.fromisoformat
    if pa.types.is_date(kind):
        return date.fromisoformat
    if pa.types.is_floating(kind):
        return float
    return str if pa.types.is_string(kind) else _as_it_is


def _as_it_is(value: Any) -> Any:
    return value
