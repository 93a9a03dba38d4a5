"""The demo municipalities and their logins.

Safe to repeat: what is missing is added; what an official has changed since stays, but for the passwords of the demo
logins, which are always the ones that the launcher prints.
"""

from pathlib import Path
from typing import Any

import yaml
from munbot_common.database import make_session_factory, unit_of_work
from munbot_common.ids import uuid7
from munbot_common.logs import get_logger
from pydantic import BaseModel
from sqlalchemy import create_engine
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from munbot_conversations.agents import repository as agents
from munbot_conversations.agents.models import Agent
from munbot_conversations.agents.schemas import Email, RoleName
from munbot_conversations.auth.passwords import hash_password, verify_password
from munbot_conversations.settings import MigrateSettings
from munbot_conversations.tenants.models import Tenant
from munbot_conversations.tenants.schemas import OpeningItem

log = get_logger("demo")


class SeedRefused(SystemExit):
    """Demo data was asked for where it must not be, or without what it needs."""


class SeedAgent(BaseModel):
    """A demo login."""

    email: Email
    name: str
    role: RoleName


class SeedTenant(BaseModel):
    """A demo municipality."""

    id: str
    name: str
    short_name: str
    timezone: str
    locale: str = "es-CL"
    colors: dict[str, str]
    greeting: str
    address: str
    phone: str
    attention_hours: list[OpeningItem]
    holidays_country: str | None = "CL"
    agents: list[SeedAgent]


def seed(settings: MigrateSettings) -> None:
    """Write the demo tenants of DEMO_SEED_DIR/tenants.yml, with DEMO_PASSWORD for every login.

    Raises:
        SeedRefused: outside demo mode, or without folder or password.
    """
    if not settings.is_demo:
        msg = "--seed-demo works only with MUNBOT_MODE=demo"
        raise SeedRefused(msg)
    if settings.demo_seed_dir is None or settings.demo_password is None:
        msg = "--seed-demo needs DEMO_SEED_DIR and DEMO_PASSWORD"
        raise SeedRefused(msg)
    tenants = load(settings.demo_seed_dir / "tenants.yml")
    engine = create_engine(settings.sqlalchemy_url())
    try:
        with unit_of_work(make_session_factory(engine)) as session:
            for tenant in tenants:
                _write(session, tenant, settings.demo_password.get_secret_value())
    finally:
        engine.dispose()
    log.info("demo_seeded", tenants=len(tenants))


def load(file: Path) -> list[SeedTenant]:
    """Return the tenants of a seed file."""
    raw: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return [SeedTenant.model_validate(item) for item in raw["tenants"]]


def _write(session: Session, tenant: SeedTenant, password: str) -> None:
    values = tenant.model_dump(exclude={"agents"})
    session.execute(insert(Tenant).values(**values).on_conflict_do_nothing())
    for wish in tenant.agents:
        known = agents.by_email(session, tenant.id, wish.email)
        if known is None:
            session.add(
                Agent(
                    id=uuid7(),
                    tenant_id=tenant.id,
                    email=wish.email,
                    name=wish.name,
                    role=wish.role,
                    password_hash=hash_password(password),
                )
            )
        elif not verify_password(password, known.password_hash)[0]:
            known.password_hash = hash_password(password)
