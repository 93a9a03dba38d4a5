"""Alembic's entrance."""

from alembic import context
from munbot_scheduler.appointments import models as _appointments  # noqa: F401
from munbot_scheduler.audit import models as _audit  # noqa: F401
from munbot_scheduler.availability import models as _availability  # noqa: F401
from munbot_scheduler.base import Base
from munbot_scheduler.catalogue import models as _catalogue  # noqa: F401
from munbot_scheduler.reminders import models as _reminders  # noqa: F401
from sqlalchemy import create_engine, pool

engine = create_engine(context.config.get_main_option("sqlalchemy.url") or "", poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
