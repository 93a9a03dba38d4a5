"""What a question reads: files by the catalogue, fetched to the disk, and rows that have none yet; of one moment."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial

import pyarrow as pa
from minio import Minio
from munbot_common.database import SessionFactory
from munbot_common.logs import get_logger
from sqlalchemy import text

from munbot_datalake.archive import files, repository
from munbot_datalake.archive.models import ArchiveFile
from munbot_datalake.archive.rows import Row
from munbot_datalake.archive.shapes import COMMON, schema_of
from munbot_datalake.diskcache import DiskCache

log = get_logger("sources")

_FETCHERS = 8
_AHEAD_SECONDS = 60.0
_MAX_STAGED = 100_000
"""More rows than this never wait, unless the object store is away."""


@dataclass(frozen=True, slots=True)
class Found:
    """Paths of files by event type, and a function that returns the waiting rows of a type, or of all (None)."""

    paths: dict[str, Sequence[str]]
    staged: Callable[[str | None], pa.Table]


class Sources:
    """Finds and fetches.

    Args:
        factory: of sessions.
        client: of the object store.
        bucket: the lake's.
        cache: for files.
    """

    def __init__(self, factory: SessionFactory, client: Minio, bucket: str, cache: DiskCache) -> None:
        self._factory = factory
        self._client = client
        self._bucket = bucket
        self._cache = cache

    @contextmanager
    def of(self, *, tenant: str | None, types: Sequence[str] | None, since: date | None) -> Iterator[Found]:
        """Give what there is of a tenant (None: of all), of some types (None: of all), of `since` and later.

        Catalogue and waiting rows are of one moment, so that no event is seen twice or not at all.
        """
        with self._factory() as session:
            session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
            catalogue = repository.files(session, tenant=tenant, types=types, since=since)
            waiting = repository.staged(session, tenant=tenant, types=types, limit=_MAX_STAGED)
        names = [_name(file) for file in catalogue]
        with self._cache.holding(names), ThreadPoolExecutor(_FETCHERS) as fetchers:
            paths: dict[str, Sequence[str]] = {}
            for file, path in zip(catalogue, fetchers.map(self._fetched, catalogue), strict=True):
                paths[file.type] = [*paths.get(file.type, ()), path]
            yield Found(paths, partial(_table, waiting))

    def keep_ahead(self, stop: threading.Event) -> None:
        """Fetch files before anybody asks, now and every minute, until `stop` is set."""
        while not stop.is_set():
            try:
                if fetched := self.fetch_ahead(stop):
                    log.info("fetched_ahead", files=fetched)
            except Exception as error:  # noqa: BLE001 - whatever is away: a question fetches what it misses itself
                log.warning("fetching_ahead_failed", kind=type(error).__name__)
            stop.wait(_AHEAD_SECONDS)

    def fetch_ahead(self, stop: threading.Event) -> int:
        """Fetch the newest files, up to half of the cache; returns how many were not here."""
        with self._factory() as session:
            catalogue = sorted(repository.files(session), key=lambda file: file.last_day, reverse=True)
        room, fetched = self._cache.limit // 2, 0
        for file in catalogue:
            room -= file.bytes
            if room < 0 or stop.is_set():
                break
            if not self._cache.has(_name(file)):
                self._fetched(file)
                fetched += 1
        return fetched

    def _fetched(self, file: ArchiveFile) -> str:
        name = _name(file)
        found = self._cache.find(name)
        return str(found or self._cache.put(name, files.get(self._client, self._bucket, file)))


def _name(file: ArchiveFile) -> str:
    return f"{file.id}.parquet"


def _table(waiting: Sequence[Row], event_type: str | None) -> pa.Table:
    if event_type is not None:
        return files.table_of(event_type, [row for row in waiting if row["type"] == event_type])
    by_type: dict[str, list[Row]] = {}
    for row in waiting:
        by_type.setdefault(row["type"], []).append(row)
    tables = [files.table_of(kind, rows).select(COMMON.names) for kind, rows in by_type.items() if schema_of(kind)]
    return pa.concat_tables(tables) if tables else COMMON.empty_table()
