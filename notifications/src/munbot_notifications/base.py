"""The declarative base of the tables, and the plumbing tables beside them."""

from datetime import datetime
from typing import Any

from munbot_common.database import metadata
from munbot_common.idempotency import idempotency_table
from munbot_common.outbox import inbox_table, outbox_table
from sqlalchemy import DateTime, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase

SERVICE = "notifications"


class Base(DeclarativeBase):
    """Base of all mapped classes; every time is `timestamptz`."""

    metadata = metadata()
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own convention
        datetime: DateTime(timezone=True),
        str: Text(),
        dict[str, Any]: JSONB(),
        list[dict[str, Any]]: JSONB(),
        list[str]: ARRAY(Text()),
    }


OUTBOX = outbox_table(Base.metadata)
INBOX = inbox_table(Base.metadata)
IDEMPOTENCY_KEYS = idempotency_table(Base.metadata)
