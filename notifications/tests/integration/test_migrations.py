import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from munbot_common.database import alembic_config, run_migrations
from munbot_notifications import models  # noqa: F401 - imports every model
from munbot_notifications.base import Base
from sqlalchemy import create_engine, text


@pytest.fixture(scope="module")
def engine(postgres_database):
    run_migrations("munbot_notifications", postgres_database)
    run_migrations("munbot_notifications", postgres_database)  # safe to repeat
    engine = create_engine(postgres_database)
    yield engine
    engine.dispose()


def test_migrations_equal_the_models(engine):
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_the_way_down_works_too(postgres_database, engine):
    config = alembic_config("munbot_notifications", postgres_database)
    command.downgrade(config, "base")
    with engine.connect() as connection:
        tables = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
    assert tables == ["alembic_version"]
    command.upgrade(config, "head")
