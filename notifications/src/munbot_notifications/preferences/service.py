"""What people want, as officials and services say it; what citizens do by a mail's link is not in the audit log."""

from datetime import datetime
from uuid import UUID

from munbot_common.auth import Principal
from munbot_common.problems import NotFound
from sqlalchemy.orm import Session

from munbot_notifications.audit import note
from munbot_notifications.preferences import repository


def put(session: Session, principal: Principal, key: str, channels: list[str], now: datetime) -> None:
    """Set a contact's order of channels."""
    old = repository.find(session, principal.tenant, key)
    before = None if old is None else {"channels": old.channels}
    preference_id = repository.put(session, principal.tenant, key, channels, now)
    if preference_id is not None:
        after = {"channels": channels}
        note(session, principal, "preference.changed", preference_id, now=now, before=before, after=after)


def forget(session: Session, principal: Principal, key: str, now: datetime) -> None:
    """Remove a contact's order of channels."""
    gone = repository.forget(session, principal.tenant, key)
    if gone is not None:
        before = {"channels": gone.channels}
        note(session, principal, "preference.forgotten", gone.id, now=now, before=before)


def refuse(session: Session, principal: Principal, channel: str, address: str, now: datetime) -> None:
    """Do not write to an address any more: its owner does not want it."""
    old = repository.reason(session, principal.tenant, channel, address)
    opt_out_id = repository.refuse(session, principal.tenant, channel, address, "opted_out")
    if opt_out_id is None:
        return
    before = None if old is None else {"channel": channel, "reason": old}
    after = {"channel": channel, "reason": "opted_out"}
    action = "opt_out.added" if old is None else "opt_out.changed"
    note(session, principal, action, opt_out_id, now=now, before=before, after=after)


def allow(session: Session, principal: Principal, opt_out_id: UUID, now: datetime) -> None:
    """Write to an address again.

    Raises:
        NotFound: it is not refused.
    """
    row = repository.opt_out(session, principal.tenant, opt_out_id)
    if row is None:
        raise NotFound
    session.delete(row)
    before = {"channel": row.channel, "reason": row.reason}
    note(session, principal, "opt_out.removed", row.id, now=now, before=before)
