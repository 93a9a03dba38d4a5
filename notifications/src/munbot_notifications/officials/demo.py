"""The demo's officials: the administrators hear of everything, and each unit of its own complaints."""

import yaml
from munbot_common.database import make_engine, make_session_factory, unit_of_work
from munbot_common.logs import get_logger
from sqlalchemy.dialects.postgresql import insert as pg_insert

from munbot_notifications.officials.models import Official
from munbot_notifications.settings import MigrateSettings
from munbot_notifications.templates.builtin import topics
from munbot_notifications.vault import Vault, digest_of

log = get_logger("notifications.demo")


def seed(settings: MigrateSettings) -> None:
    """Add the officials of `notifications.yml` that are not there yet.

    Raises:
        RuntimeError: outside the demo.
        ValueError: the file names a topic that does not exist.
    """
    if not settings.is_demo:
        msg = "demo data are refused outside the demo"
        raise RuntimeError(msg)
    path = settings.demo_seed_dir / "notifications.yml"
    body = yaml.safe_load(path.read_text(encoding="utf-8"))
    vault = Vault(settings.notifications_key.get_secret_value())
    rows = [_row(vault, tenant["id"], official) for tenant in body["tenants"] for official in tenant["officials"]]
    engine = make_engine(settings)
    try:
        with unit_of_work(make_session_factory(engine)) as session:
            statement = pg_insert(Official).on_conflict_do_nothing().returning(Official.id)
            added = len(session.scalars(statement, rows).all())
        log.info("demo_officials", added=added)
    finally:
        engine.dispose()


def _row(vault: Vault, tenant: str, official: dict[str, object]) -> dict[str, object]:
    wanted = official["topics"]
    assert isinstance(wanted, list)
    if unknown := set(wanted) - topics():
        msg = f"unknown topics: {sorted(unknown)}"
        raise ValueError(msg)
    address = str(official["email"])
    return {
        "tenant_id": tenant,
        "name": official["name"],
        "unit": official.get("unit", ""),
        "channel": "email",
        "address": vault.seal(address),
        "address_hash": digest_of(address),
        "topics": wanted,
    }
