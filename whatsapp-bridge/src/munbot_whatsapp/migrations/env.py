"""Alembic's entrance."""

from alembic import context
from sqlalchemy import create_engine, pool

from munbot_whatsapp.accounts import models as _accounts  # noqa: F401
from munbot_whatsapp.base import Base
from munbot_whatsapp.citizens import models as _citizens  # noqa: F401
from munbot_whatsapp.deliveries import models as _deliveries  # noqa: F401

engine = create_engine(context.config.get_main_option("sqlalchemy.url") or "", poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
