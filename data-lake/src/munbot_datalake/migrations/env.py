"""Alembic's entrance."""

from alembic import context
from sqlalchemy import create_engine, pool

from munbot_datalake.archive import models as _archive  # noqa: F401
from munbot_datalake.base import Base
from munbot_datalake.images import models as _images  # noqa: F401
from munbot_datalake.imports import models as _imports  # noqa: F401

engine = create_engine(context.config.get_main_option("sqlalchemy.url") or "", poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
