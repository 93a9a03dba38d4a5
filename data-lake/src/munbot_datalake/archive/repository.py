"""What the archive asks of PostgreSQL."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from munbot_common.outbox import first_times
from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from munbot_datalake.archive.models import ArchiveFile, StagedEvent
from munbot_datalake.base import INBOX

CONSUMER = "archiver"
_STAGE = text(
    "INSERT INTO staged_events (event_id, tenant_id, type, time, row) SELECT * FROM unnest(CAST(:ids AS uuid[]), "
    "CAST(:tenants AS text[]), CAST(:types AS text[]), CAST(:times AS timestamptz[]), CAST(:rows AS jsonb[]))"
)
"""Five arrays instead of five parameters for each row: those cost more than the rows."""
WRITER_LOCK = "munbot.datalake.archive"


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much waits for a file, and since when."""

    rows: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Staged:
    """A row that waits for a file."""

    seq: int
    tenant_id: str
    type: str
    time: datetime
    row: dict[str, Any]


def stage(session: Session, values: Sequence[dict[str, Any]]) -> int:
    """Keep rows of events that were never here before; returns how many those are.

    Args:
        session: commits both, the notes that they were here and the rows.
        values: of `StagedEvent`, each event once.
    """
    if not values:
        return 0
    new = first_times(session, INBOX, consumer=CONSUMER, event_ids=[value["event_id"] for value in values])
    fresh = [value for value in values if value["event_id"] in new]
    if fresh:
        columns = {
            "ids": [str(value["event_id"]) for value in fresh],
            "tenants": [value["tenant_id"] for value in fresh],
            "types": [value["type"] for value in fresh],
            "times": [value["time"] for value in fresh],
            "rows": [json.dumps(value["row"], ensure_ascii=False) for value in fresh],
        }
        session.execute(_STAGE, columns)
    return len(fresh)


def waiting(session: Session) -> Waiting:
    """Tell how much waits for a file."""
    rows, since = session.execute(select(func.count(), func.min(StagedEvent.staged_at))).one()
    return Waiting(rows, since)


def lock_writer(session: Session) -> bool:
    """Become the one that writes files until the transaction ends; False when another is."""
    return bool(session.scalar(text("SELECT pg_try_advisory_xact_lock(hashtext(:name))"), {"name": WRITER_LOCK}))


def oldest(session: Session, limit: int) -> Sequence[Staged]:
    """Return the rows that have waited longest."""
    wanted = (StagedEvent.seq, StagedEvent.tenant_id, StagedEvent.type, StagedEvent.time, StagedEvent.row)
    return [Staged(*row) for row in session.execute(select(*wanted).order_by(StagedEvent.seq).limit(limit))]


def unstage(session: Session, seqs: Sequence[int]) -> None:
    """Forget rows that stand in a file now."""
    session.execute(text("DELETE FROM staged_events WHERE seq = ANY(CAST(:seqs AS bigint[]))"), {"seqs": list(seqs)})


def replace_files(session: Session, old: Sequence[UUID], new: Sequence[ArchiveFile]) -> bool:
    """Put files into the place of others; False, with nothing done, when one of those is gone already."""
    gone = session.scalars(delete(ArchiveFile).where(ArchiveFile.id.in_(old)).returning(ArchiveFile.id)).all()
    if len(gone) != len(old):
        session.rollback()
        return False
    session.add_all(new)
    return True


def files(
    session: Session, *, tenant: str | None = None, types: Sequence[str] | None = None, since: date | None = None
) -> Sequence[ArchiveFile]:
    """Return the catalogue: of one tenant or all, of some types or all, with events of `since` or later."""
    query = select(ArchiveFile).order_by(ArchiveFile.tenant_id, ArchiveFile.type, ArchiveFile.first_day)
    if tenant is not None:
        query = query.where(ArchiveFile.tenant_id == tenant)
    if types is not None:
        query = query.where(ArchiveFile.type.in_(types))
    if since is not None:
        query = query.where(ArchiveFile.last_day >= since)
    return session.scalars(query).all()


def staged(
    session: Session, *, tenant: str | None = None, types: Sequence[str] | None = None, limit: int
) -> Sequence[dict[str, Any]]:
    """Return the rows that wait for a file, oldest first."""
    query = select(StagedEvent.row).order_by(StagedEvent.seq).limit(limit)
    if tenant is not None:
        query = query.where(StagedEvent.tenant_id == tenant)
    if types is not None:
        query = query.where(StagedEvent.type.in_(types))
    return session.scalars(query).all()
