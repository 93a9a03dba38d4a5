"""The declarative base of the bridge's tables, and the plumbing tables beside them."""

from datetime import datetime

from munbot_common.database import metadata
from munbot_common.idempotency import idempotency_table
from munbot_common.outbox import inbox_table, outbox_table
from sqlalchemy import DateTime
from sqlalchemy.orm import DeclarativeBase

SERVICE = "whatsapp"


class Base(DeclarativeBase):
    """Base of all mapped classes; every time is `timestamptz`."""

    metadata = metadata()
    type_annotation_map = {datetime: DateTime(timezone=True)}  # noqa: RUF012 - SQLAlchemy's own convention


OUTBOX = outbox_table(Base.metadata)
INBOX = inbox_table(Base.metadata)
IDEMPOTENCY_KEYS = idempotency_table(Base.metadata)
