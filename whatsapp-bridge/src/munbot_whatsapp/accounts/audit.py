"""What the hub's audit log is told of accounts: no secrets, no numbers, and of most fields only their names."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from munbot_common.audit import Actor, audit_event
from munbot_common.outbox import record_events
from sqlalchemy.orm import Session

from munbot_whatsapp.accounts.models import AccountRow
from munbot_whatsapp.accounts.rules import state_of
from munbot_whatsapp.base import OUTBOX, SERVICE


def note(
    session: Session,
    actor: Actor,
    what: str,
    row: AccountRow,
    *,
    now: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write into the outbox that somebody changed an account, in the transaction of the change.

    Args:
        session: of the change.
        actor: who.
        what: `created`, `changed` or `removed`.
        row: which one.
        now: when.
        before: what changed as it was; None for what is new.
        after: the same as it is now; None for what is removed.
    """
    event = audit_event(
        actor,
        source=SERVICE,
        action=f"channel_account.{what}",
        object_type="channel_account",
        object_id=row.slug,
        before=before,
        after=after,
        clock=lambda: now,
    )
    record_events(session, OUTBOX, [event])


def facts(row: AccountRow, now: datetime) -> dict[str, Any]:
    """Return what the log says of an account that is new, or gone."""
    return {"provider": row.provider, "state": state_of(row, now)}


def fields(row: AccountRow, credentials: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """Return what saving an account can change, to be compared by `difference`; `state` says whether it is active."""
    told = {"name": row.name, "base_url": row.base_url, "credentials": dict(credentials), "options": row.options}
    return facts(row, now) | told


def difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return `before` and `after` for `note`: of other things than the state, the names only; None without any."""
    changed = sorted(name for name, value in new.items() if value != old[name])
    if not changed:
        return None
    shown = ["provider", *(name for name in changed if name == "state")]
    hidden = [name for name in changed if name not in shown]
    before, after = ({name: side[name] for name in shown} for side in (old, new))
    return before, after | ({"fields": hidden} if hidden else {})
