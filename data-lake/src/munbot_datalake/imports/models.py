"""What was brought in."""

from datetime import datetime

from sqlalchemy import String, func
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from munbot_datalake.base import Base


class ImportedRecord(Base):
    """A record of the earlier demo, by its id there, and the folio or code that it has here."""

    __tablename__ = "imported_records"

    tenant_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    record_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    number: Mapped[str] = mapped_column(String(60))
    imported_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=func.now())
