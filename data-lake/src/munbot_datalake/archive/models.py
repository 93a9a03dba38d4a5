"""Tables of the archive."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Date, Identity, Index, Integer, String, Uuid, func
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from munbot_datalake.base import Base


class StagedEvent(Base):
    """An event that waits for its file. Its row holds nothing that the file may not hold."""

    __tablename__ = "staged_events"

    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    event_id: Mapped[UUID] = mapped_column(Uuid, unique=True)
    tenant_id: Mapped[str] = mapped_column(String(64))
    type: Mapped[str] = mapped_column(String(120))
    time: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    row: Mapped[dict[str, Any]] = mapped_column(JSONB)
    staged_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=func.now())


class ArchiveFile(Base):
    """A Parquet file of one tenant's events of one type, from one day or one month (UTC). What is not here is not."""

    __tablename__ = "archive_files"
    __table_args__ = (Index("ix_archive_files_type", "tenant_id", "type", "first_day"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(64))
    type: Mapped[str] = mapped_column(String(120))
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    key: Mapped[str] = mapped_column(String(400), unique=True)
    rows: Mapped[int] = mapped_column(Integer)
    bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=func.now())
