"""How Alembic runs this service's migrations."""

from alembic import context
from sqlalchemy import create_engine, text

from munbot_conversations.models import Base


def run() -> None:
    """Run the migrations in one transaction each, giving up on a lock after five seconds."""
    url = context.config.get_main_option("sqlalchemy.url") or ""
    engine = create_engine(url)
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=Base.metadata, transaction_per_migration=True)
        with context.begin_transaction():
            connection.execute(text("SET LOCAL lock_timeout = '5s'"))
            context.run_migrations()
    engine.dispose()


run()
