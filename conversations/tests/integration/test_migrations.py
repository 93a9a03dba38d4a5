"""The migrations make exactly the tables of the models, and the demo seed can be repeated."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from munbot_common.database import run_migrations
from munbot_conversations import demo
from munbot_conversations.agents.models import Agent
from munbot_conversations.models import Base
from munbot_conversations.settings import MigrateSettings
from munbot_conversations.tenants.models import Tenant
from sqlalchemy import create_engine, func, select

SEEDS = Path(__file__).parents[3] / "config" / "demo"


def test_migrations_equal_the_models(database):
    engine = create_engine(database)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    engine.dispose()


def test_migrating_twice_changes_nothing(database):
    run_migrations("munbot_conversations", database)


def test_the_demo_seed_can_be_repeated(database, session_factory):
    settings = MigrateSettings(
        database_url=database, munbot_mode="demo", demo_seed_dir=SEEDS, demo_password="una clave de demo"
    )
    demo.seed(settings)
    demo.seed(settings)
    with session_factory() as session:
        assert session.scalar(select(func.count()).select_from(Agent).where(Agent.email.like("%.demo"))) == 6
        tenant = session.get(Tenant, "punta-brava")
        assert tenant.name == "Punta-Brava"  # what was changed by hand stays


def test_the_demo_seed_is_whole():
    tenants = {tenant.id: tenant for tenant in demo.load(SEEDS / "tenants.yml")}
    assert set(tenants) == {"valle-claro", "punta-brava"}
    assert tenants["punta-brava"].timezone == "America/Punta_Arenas"
    assert {agent.role for agent in tenants["valle-claro"].agents} == {"admin", "agent", "viewer"}


@pytest.mark.parametrize("changes", [{"munbot_mode": "production"}, {"demo_seed_dir": None}, {"demo_password": None}])
def test_demo_data_is_refused_where_it_must_not_be(changes, database):
    given = {"munbot_mode": "demo", "demo_seed_dir": SEEDS, "demo_password": "x" * 10, **changes}
    with pytest.raises(demo.SeedRefused):
        demo.seed(MigrateSettings(database_url=database, **given))
