"""Make a conversation older, in the databases of whoever remembers it: nobody waits 40 minutes in a test."""

from __future__ import annotations

import os

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.elements import TextClause

_STATEMENTS = {
    "rasa": (
        "UPDATE events SET timestamp = timestamp - :age, data = jsonb_set(data::jsonb, '{timestamp}',"
        " to_jsonb((data::jsonb->>'timestamp')::float8 - :age))::text WHERE sender_id LIKE :id || '.%'"
    ),
    "scheduler": (
        "UPDATE seats SET expires_at = expires_at - make_interval(secs => :age)"
        " WHERE holder = :id AND appointment_id IS NULL"
    ),
    "conversations": (
        "UPDATE conversations SET last_inbound_at = last_inbound_at - make_interval(secs => :age)"
        " WHERE id = CAST(:id AS uuid)"
    ),
}


def make_older(conversation_id: str, seconds: int) -> None:
    """Move what is remembered of a conversation into the past.

    Args:
        conversation_id: the conversation.
        seconds: how far.
    """
    execute = _in_container if os.environ.get("MUNBOT_TEST_ENGINE") == "containers" else _at_address
    for database, statement in _STATEMENTS.items():
        execute(database, text(statement).bindparams(age=seconds, id=conversation_id))


def _at_address(database: str, statement: TextClause) -> None:
    url = os.environ.get("MUNBOT_TEST_POSTGRES_URL")
    if not url:
        pytest.skip("MUNBOT_TEST_POSTGRES_URL is not set: the conversation cannot be made older")
    prefix = os.environ.get("MUNBOT_TEST_DATABASE_PREFIX", "")
    base = url.rpartition("/")[0].replace("postgresql://", "postgresql+psycopg2://", 1)
    engine = create_engine(f"{base}/{prefix}{database}")
    with engine.begin() as connection:
        connection.execute(statement)
    engine.dispose()


def _in_container(database: str, statement: TextClause) -> None:
    """Ask PostgreSQL's own client: in containers the databases have no address outside."""
    from munbot_cli.testing.stack import Stack

    stack = Stack.from_environment()
    assert stack is not None
    # The named style leaves % as it is.
    dialect = postgresql.dialect(paramstyle="named")
    written = str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    psql = ("psql", "-q", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", database, "-c", written)
    stack.run("exec", "-T", "postgres", *psql)
