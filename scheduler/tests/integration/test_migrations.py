import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from munbot_common.database import alembic_config, run_migrations
from munbot_scheduler.app import create_app  # noqa: F401 - imports every model
from munbot_scheduler.base import Base
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError, InternalError


@pytest.fixture(scope="module")
def engine(postgres_database):
    run_migrations("munbot_scheduler", postgres_database)
    run_migrations("munbot_scheduler", postgres_database)  # safe to repeat
    engine = create_engine(postgres_database)
    yield engine
    engine.dispose()


def test_migrations_equal_the_models(engine):
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_exclusion_and_deferrable_constraints_exist(engine):
    """Autogenerate does not compare these, so they are looked for by name."""
    with engine.connect() as connection:
        rows = connection.execute(
            text("SELECT conname, condeferrable FROM pg_constraint WHERE contype IN ('x', 'u', 'f')")
        )
        found = {row.conname: row.condeferrable for row in rows}
    assert found["seats_no_double_booking"] is False
    assert found["opening_rules_no_overlap"] is False
    assert found["uq_seats_appointment_id"] is True
    assert found["fk_seats_appointment_id_appointments"] is True


def test_the_way_down_works_too(postgres_database, engine):
    config = alembic_config("munbot_scheduler", postgres_database)
    command.downgrade(config, "base")
    with engine.connect() as connection:
        tables = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
    assert tables == ["alembic_version"]
    command.upgrade(config, "head")


def insert_office(connection):
    connection.execute(text("DELETE FROM offices WHERE code = 'o'"))
    office = connection.scalar(
        text(
            "INSERT INTO offices (id, tenant_id, code, name, timezone) "
            "VALUES (gen_random_uuid(), 't', 'o', 'O', 'America/Santiago') RETURNING id"
        )
    )
    procedure = connection.scalar(
        text(
            "INSERT INTO procedures (id, tenant_id, code, name, duration_minutes) "
            "VALUES (gen_random_uuid(), 't', gen_random_uuid()::text, 'P', 30) RETURNING id"
        )
    )
    return office, procedure


SEAT = text(
    "INSERT INTO seats (id, tenant_id, office_id, procedure_id, seat_no, starts_at, ends_at, expires_at) VALUES "
    "(gen_random_uuid(), 't', :office, :procedure, :seat, :start, :end, now())"
)


@pytest.mark.parametrize(
    ("seat", "start", "end", "free"),
    [
        (1, "2026-11-24T10:15Z", "2026-11-24T10:45Z", False),
        (1, "2026-11-24T09:45Z", "2026-11-24T10:01Z", False),
        (1, "2026-11-24T10:05Z", "2026-11-24T10:10Z", False),
        (1, "2026-11-24T10:30Z", "2026-11-24T11:00Z", True),
        (1, "2026-11-24T09:30Z", "2026-11-24T10:00Z", True),
        (2, "2026-11-24T10:00Z", "2026-11-24T10:30Z", True),
    ],
)
def test_a_seat_cannot_be_taken_twice_at_one_moment(engine, seat, start, end, free):
    with engine.connect() as connection:
        office, procedure = insert_office(connection)
        values = {"office": office, "procedure": procedure}
        taken = {"seat": 1, "start": "2026-11-24T10:00Z", "end": "2026-11-24T10:30Z"}
        connection.execute(SEAT, values | taken)
        wish = values | {"seat": seat, "start": start, "end": end}
        if free:
            connection.execute(SEAT, wish)
        else:
            with pytest.raises(IntegrityError, match="seats_no_double_booking"):
                connection.execute(SEAT, wish)


def test_the_audit_trail_refuses_every_change(engine):
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO audit_log (id, tenant_id, at, actor, actor_role, action, object_type, object_id) VALUES "
                "(gen_random_uuid(), 't', now(), 'a', 'admin', 'x', 'y', gen_random_uuid())"
            )
        )
    for change in ("UPDATE audit_log SET actor = 'b'", "DELETE FROM audit_log", "TRUNCATE audit_log"):
        with engine.connect() as connection, pytest.raises(InternalError, match="append-only"):
            connection.execute(text(change))
