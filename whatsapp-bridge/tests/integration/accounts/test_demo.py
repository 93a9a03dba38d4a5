"""The demo's numbers, and the tables as the models have them."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from munbot_whatsapp.__main__ import main
from munbot_whatsapp.accounts.demo import SeedRefused
from munbot_whatsapp.accounts.models import AccountRow
from munbot_whatsapp.base import Base
from sqlalchemy import create_engine, select

SEED = Path(__file__).parents[4] / "config" / "demo"


@pytest.fixture
def environment(bridge_database, api_settings, monkeypatch):
    """Variables of `migrate --seed-demo`; callable to change them."""
    given = {
        "DATABASE_URL": bridge_database,
        "WHATSAPP_KEY": api_settings.whatsapp_key.get_secret_value(),
        "MUNBOT_MODE": "demo",
        "DEMO_SEED_DIR": str(SEED),
        "SIMULATOR_SECRET": "shared-secret",
        "SIMULATOR_URL": "http://simulator:8000/",
    }

    def change(**variables):
        for name, value in (given | variables).items():
            monkeypatch.setenv(name, value) if value is not None else monkeypatch.delenv(name, raising=False)

    change()
    return change


def accounts(sessions):
    with sessions.begin() as session:
        return {row.slug: row for row in session.scalars(select(AccountRow))}


def test_seeding_adds_the_simulators_numbers_and_may_be_repeated(environment, sessions, vault):
    for _ in range(2):
        assert main(["migrate", "--seed-demo"]) == 0
    found = accounts(sessions)
    assert {row.tenant_id for row in found.values()} == {"valle-claro", "punta-brava"}
    account = found["valle-claro"]
    assert (account.provider, account.base_url) == ("meta", "http://simulator:8000")
    assert vault.open(account.credentials) == dict.fromkeys(
        ("access_token", "app_secret", "verify_token"), "shared-secret"
    )


def test_a_new_secret_is_taken_over_and_the_rest_stays(environment, sessions, vault):
    main(["migrate", "--seed-demo"])
    with sessions.begin() as session:
        session.scalars(select(AccountRow).where(AccountRow.slug == "valle-claro")).one().name = "Otro nombre"
    environment(SIMULATOR_SECRET="new-secret")
    main(["migrate", "--seed-demo"])
    account = accounts(sessions)["valle-claro"]
    assert account.name == "Otro nombre"
    assert vault.open(account.credentials)["app_secret"] == "new-secret"


@pytest.mark.parametrize("variables", [{"MUNBOT_MODE": "production"}, {"SIMULATOR_SECRET": None}])
def test_no_demo_numbers_where_they_must_not_be(environment, variables):
    environment(**variables)
    with pytest.raises(SeedRefused):
        main(["migrate", "--seed-demo"])


def test_the_migrations_make_the_tables_of_the_models(bridge_database):
    engine = create_engine(bridge_database)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    engine.dispose()
    assert differences == []
