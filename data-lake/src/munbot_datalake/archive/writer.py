"""From rows that wait to files: the objects first, then catalogue and rows in one transaction.

A writer that dies in between leaves objects that the catalogue does not know; nobody reads them, and the sweeper takes
them away. Rows are gone exactly when their file is in the catalogue.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from minio import Minio
from munbot_common.clock import Clock, utc_now
from munbot_common.database import SessionFactory, unit_of_work
from munbot_common.ids import uuid7
from munbot_common.logs import get_logger

from munbot_datalake.archive import files, repository
from munbot_datalake.archive.metrics import FILES, WAITING
from munbot_datalake.archive.models import ArchiveFile
from munbot_datalake.archive.repository import Staged

log = get_logger("datalake.writer")

Group = tuple[str, str, date]


class Writer:
    """Writes the files of the archive.

    Args:
        factory: of sessions.
        client: of the object store.
        bucket: the lake's.
        file_rows: so many rows make files at once, and so many at most go into one round.
        file_seconds: rows wait at most so long.
        clock: for tests.
    """

    def __init__(
        self,
        factory: SessionFactory,
        client: Minio,
        bucket: str,
        *,
        file_rows: int = 20_000,
        file_seconds: float = 600,
        clock: Clock = utc_now,
    ) -> None:
        self._factory = factory
        self._client = client
        self._bucket = bucket
        self._rows = file_rows
        self._wait = timedelta(seconds=file_seconds)
        self._clock = clock

    def write_due(self) -> int:
        """Write files if there are enough rows, or one has waited long enough; returns how many rows went into them."""
        with unit_of_work(self._factory) as session:
            waiting = repository.waiting(session)
        WAITING.set(waiting.rows)
        due = waiting.since is not None and waiting.since <= self._clock() - self._wait
        if not due and waiting.rows < self._rows:
            return 0
        return self.write()

    def write(self) -> int:
        """Write the files of the rows that have waited longest; returns how many rows went into them.

        Raises:
            minio.error.MinioException: the store refuses; the rows stay.
        """
        with unit_of_work(self._factory) as session:
            if not repository.lock_writer(session):
                return 0
            rows = repository.oldest(session, self._rows)
            if not rows:
                return 0
            made = [self._file(group, members) for group, members in _grouped(rows).items()]
            session.add_all(made)
            repository.unstage(session, [row.seq for row in rows])
        FILES.labels("written").inc(len(made))
        log.info("files_written", files=len(made), rows=len(rows))
        return len(rows)

    def _file(self, group: Group, members: Sequence[Staged]) -> ArchiveFile:
        tenant, event_type, day = group
        table = files.table_of(event_type, [member.row for member in members])
        return files.put(
            self._client,
            self._bucket,
            table,
            tenant=tenant,
            event_type=event_type,
            days=(day, day),
            file_id=uuid7(),
        )


def day_of(moment: datetime) -> date:
    """Return the day in whose folder an event lies: UTC's."""
    return moment.astimezone(UTC).date()


def _grouped(rows: Sequence[Staged]) -> dict[Group, list[Staged]]:
    groups: dict[Group, list[Staged]] = defaultdict(list)
    for row in rows:
        groups[row.tenant_id, row.type, day_of(row.time)].append(row)
    return groups
