"""PostgreSQL: engine, session and migrations."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import Annotated, Any

from alembic import command
from alembic.config import Config
from fastapi import Depends, Request
from sqlalchemy import Engine, MetaData, create_engine, text
from sqlalchemy.orm import Session, sessionmaker

from munbot_common.settings import DatabaseSettings

SessionFactory = sessionmaker[Session]


def metadata() -> MetaData:
    """Return empty metadata whose constraints are named alike everywhere, so that migrations can name them."""
    return MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def make_engine(settings: DatabaseSettings, **options: Any) -> Engine:
    """Return an engine with a pool of `database_pool_size`, connections checked before use, UTC on the wire."""
    return create_engine(
        settings.sqlalchemy_url(),
        pool_size=settings.database_pool_size,
        max_overflow=settings.database_pool_size,
        pool_pre_ping=True,
        pool_recycle=1800,
        connect_args={"connect_timeout": 5, "options": "-c timezone=UTC", "application_name": "munbot"},
        **options,
    )


def make_session_factory(engine: Engine) -> SessionFactory:
    """Return a factory of sessions whose objects stay readable after the commit."""
    return sessionmaker(engine, expire_on_commit=False)


def check_database(engine: Engine) -> None:
    """Ask the database a question; raises what the driver raises when there is no answer."""
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))


def get_session(request: Request) -> Iterator[Session]:
    """Give a request its session and commit it once, when the route has returned and before the answer leaves."""
    factory: SessionFactory = request.app.state.session_factory
    with factory.begin() as session:
        yield session


SessionDep = Annotated[Session, Depends(get_session, scope="function")]
"""The request's session. `scope="function"`: a failing commit answers 5xx instead of hiding behind a sent 2xx."""


@contextmanager
def unit_of_work(factory: SessionFactory) -> Iterator[Session]:
    """Give a message, or a command, its session and commit it once at the end; any exception rolls back."""
    with factory.begin() as session:
        yield session


def alembic_config(package: str, url: str) -> Config:
    """Return the Alembic configuration of `package`, whose migrations lie inside it in `migrations/`."""
    config = Config()
    config.set_main_option("script_location", str(files(package) / "migrations"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def run_migrations(package: str, url: str, revision: str = "head") -> None:
    """Bring the database up to `revision`. Safe to run twice, and by two processes at once.

    Args:
        package: import name of the service.
        url: SQLAlchemy URL with its password.
        revision: Alembic revision.
    """
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(hashtext(:name))"), {"name": f"migrate:{package}"})
            try:
                command.upgrade(alembic_config(package, url), revision)
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(hashtext(:name))"), {"name": f"migrate:{package}"})
    finally:
        engine.dispose()
