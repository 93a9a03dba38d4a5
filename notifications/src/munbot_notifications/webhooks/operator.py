"""Webhooks that the operator sets up by a command, with a secret from a file, so that nobody has to copy one."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from munbot_common.auth import Principal, Role
from munbot_common.database import make_engine, make_session_factory, unit_of_work
from munbot_common.ids import uuid7
from munbot_contracts.envelope import PREFIX
from pydantic import Field, SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session

from munbot_notifications.audit import difference, note
from munbot_notifications.settings import CommonSettings
from munbot_notifications.vault import Vault
from munbot_notifications.webhooks import repository
from munbot_notifications.webhooks.guard import AddressRefused, Guard
from munbot_notifications.webhooks.models import Webhook
from munbot_notifications.webhooks.rules import NOTED, OFFERED, noted_facts, noted_fields
from munbot_notifications.webhooks.signing import PREFIX as SECRET_PREFIX

OPERATOR = "operator"
"""Who made such a webhook, as its row says."""


class OperatorSettings(CommonSettings):
    """What `subscribe` needs."""

    webhook_secret: SecretStr = Field(description="signs what is sent: `whsec_` and base64 of 24 to 64 bytes")


def subscribe(
    settings: OperatorSettings, *, tenant: str, url: str, event_types: Sequence[str], description: str
) -> bool:
    """Add a webhook, or bring the operator's one with this address up to date; True when it is new.

    What an administrator switched off stays off.

    Raises:
        ValueError: the address may not be called, a type is not offered, or the secret is none.
    """
    secret = settings.webhook_secret.get_secret_value()
    if not secret.startswith(SECRET_PREFIX):
        msg = f"the secret must begin with {SECRET_PREFIX}"
        raise ValueError(msg)
    if unknown := sorted(set(event_types) - set(OFFERED)):
        msg = f"no webhook may ask for {', '.join(name.removeprefix(PREFIX) for name in unknown)}"
        raise ValueError(msg)
    try:
        Guard(settings.webhook_hosts()).check(url)
    except AddressRefused as refused:
        if refused.code != "host_unknown":  # it may be about to start
            msg = f"{url} may not be called ({refused.code}): name its host in WEBHOOK_ALLOWED_HOSTS"
            raise ValueError(msg) from refused
    vault = Vault(settings.notifications_key.get_secret_value())
    engine = make_engine(settings)
    try:
        with unit_of_work(make_session_factory(engine)) as session:
            wanted = {"event_types": sorted(set(event_types), key=OFFERED.index), "description": description}
            return _put(session, vault, secret, {"tenant_id": tenant, "url": url}, wanted)
    finally:
        engine.dispose()


def _put(session: Session, vault: Vault, secret: str, place: dict[str, str], wanted: dict[str, Any]) -> bool:
    repository.lock_tenant(session, place["tenant_id"])
    row = session.scalar(select(Webhook).filter_by(**place, created_by=OPERATOR).with_for_update())
    now = datetime.now(UTC)
    actor = Principal(OPERATOR, Role.SERVICE, place["tenant_id"])
    if row is None:
        made = {"id": uuid7(), "created_by": OPERATOR, "created_at": now, "updated_at": now, "failures": 0}
        row = Webhook(**place, **wanted, **made, thin=False, secret=vault.seal(secret))
        session.add(row)
        note(session, actor, "webhook.created", row.id, now=now, after=noted_facts(row))
        return True
    before = noted_fields(row) | {"secret": vault.open(row.secret)}
    if row.disabled_reason in {"failing", "gone"}:
        row.disabled_reason = row.disabled_at = row.failing_since = row.rest_until = None
        row.failures = 0
    if before["secret"] != secret:
        row.secret = vault.seal(secret)
    for name, value in wanted.items():
        setattr(row, name, value)
    row.updated_at = now
    if changed := difference(before, noted_fields(row) | {"secret": secret}, shown=NOTED):
        note(session, actor, "webhook.changed", row.id, now=now, before=changed[0], after=changed[1])
    return False
