"""The declarative base of the data lake's tables, and the plumbing table beside them."""

from munbot_common.database import metadata
from munbot_common.outbox import inbox_table
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = metadata()


INBOX = inbox_table(Base.metadata)
