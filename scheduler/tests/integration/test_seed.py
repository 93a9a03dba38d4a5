from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from munbot_common.database import run_migrations
from munbot_scheduler.seed import load, seed_demo
from munbot_scheduler.settings import MigrateSettings
from sqlalchemy import create_engine, text

SEEDS = Path(__file__).parents[3] / "config" / "demo"
MOMENT = datetime(2026, 12, 24, 12, tzinfo=UTC)
TABLES = ("offices", "procedures", "office_procedures", "opening_rules", "opening_exceptions", "appointments", "seats")


@pytest.fixture(scope="module")
def settings(postgres_database):
    run_migrations("munbot_scheduler", postgres_database)
    return MigrateSettings(munbot_mode="demo", database_url=postgres_database, demo_seed_dir=SEEDS)


@pytest.fixture(scope="module")
def state(settings):
    engine = create_engine(settings.database_url)

    def read():
        with engine.connect() as connection:
            counts = {table: connection.scalar(text(f"SELECT count(*) FROM {table}")) for table in TABLES}
            rows = connection.execute(text("SELECT id, code, starts_at, status FROM appointments ORDER BY id")).all()
        return counts, rows

    yield read
    engine.dispose()


def test_seeding_twice_changes_nothing(settings, state):
    seed_demo(settings, lambda: MOMENT)
    first = state()
    assert first[0]["appointments"] == first[0]["seats"] == 10
    assert all(row.starts_at > MOMENT + timedelta(days=1) for row in first[1])  # not on Christmas
    seed_demo(settings, lambda: MOMENT + timedelta(hours=5))
    assert state() == first
    seed_demo(settings, lambda: MOMENT + timedelta(days=20))
    assert state()[0] == first[0] | {"appointments": 20, "seats": 20}


def test_the_demo_has_what_the_story_needs():
    large, small = load(SEEDS).tenants
    assert (large.id, small.id) == ("valle-claro", "punta-brava")
    assert len(large.offices) >= 3
    assert len(large.procedures) >= 8
    assert {office.timezone for office in small.offices} == {"America/Punta_Arenas"}
    licence = next(item for item in large.procedures if item.code == "licencia-renovacion")
    assert {"licensia", "brevete", "carnet de conducir"} <= set(licence.synonyms)
    offices = {office.code for office in large.offices}
    assert all(item.offices and set(item.offices) <= offices and item.required_papers for item in large.procedures)
