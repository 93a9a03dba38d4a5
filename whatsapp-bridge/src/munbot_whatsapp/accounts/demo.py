"""The demo's numbers, which live in the simulator.

Safe to repeat: what is missing is added, and the secret of the simulator's accounts is always the present one; what
an official has changed since stays.
"""

import yaml
from munbot_common.database import make_session_factory, unit_of_work
from munbot_common.ids import uuid7
from munbot_common.logs import get_logger
from pydantic import BaseModel
from sqlalchemy import create_engine
from sqlalchemy.dialects.postgresql import insert

from munbot_whatsapp.accounts.models import AccountRow
from munbot_whatsapp.accounts.vault import Vault
from munbot_whatsapp.settings import MigrateSettings

log = get_logger("whatsapp.demo")

SEED_FILE = "whatsapp.yml"


class SeedRefused(SystemExit):
    """Demo data was asked for where it must not be, or without what it needs."""


class SeedAccount(BaseModel):
    """A demo number."""

    slug: str
    tenant: str
    name: str
    phone_number_id: str


def seed(settings: MigrateSettings) -> None:
    """Write the demo numbers of DEMO_SEED_DIR/whatsapp.yml.

    Raises:
        SeedRefused: outside demo mode, or without the simulator's secret.
    """
    if not settings.is_demo:
        msg = "--seed-demo works only with MUNBOT_MODE=demo"
        raise SeedRefused(msg)
    if settings.simulator_secret is None:
        msg = "--seed-demo needs SIMULATOR_SECRET"
        raise SeedRefused(msg)
    raw = yaml.safe_load((settings.demo_seed_dir / SEED_FILE).read_text(encoding="utf-8"))
    accounts = [SeedAccount.model_validate(item) for item in raw["accounts"]]
    secret = settings.simulator_secret.get_secret_value()
    vault = Vault(settings.whatsapp_key.get_secret_value())
    engine = create_engine(settings.sqlalchemy_url())
    try:
        with unit_of_work(make_session_factory(engine)) as session:
            for account in accounts:
                values = {
                    "base_url": settings.simulator_url.rstrip("/"),
                    "credentials": vault.seal(dict.fromkeys(("access_token", "app_secret", "verify_token"), secret)),
                }
                new = insert(AccountRow).values(
                    id=uuid7(),
                    tenant_id=account.tenant,
                    slug=account.slug,
                    name=account.name,
                    provider="meta",
                    provider_ref=account.phone_number_id,
                    **values,
                )
                ours = (AccountRow.provider_ref == account.phone_number_id) & (AccountRow.provider == "meta")
                session.execute(new.on_conflict_do_update(index_elements=["slug"], set_=values, where=ours))
    finally:
        engine.dispose()
    log.info("demo_seeded", accounts=len(accounts))
