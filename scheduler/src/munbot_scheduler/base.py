"""The declarative base of the scheduler's tables, and the plumbing tables beside them."""

from munbot_common.database import metadata
from munbot_common.idempotency import idempotency_table
from munbot_common.outbox import outbox_table
from sqlalchemy.orm import DeclarativeBase

SERVICE = "scheduler"


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = metadata()


OUTBOX = outbox_table(Base.metadata)
IDEMPOTENCY_KEYS = idempotency_table(Base.metadata)
