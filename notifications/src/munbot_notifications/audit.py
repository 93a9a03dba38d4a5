"""What is told to the hub's audit log; nothing about people, no secrets and no texts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from munbot_common.audit import Actor, audit_event
from munbot_common.outbox import record_events
from sqlalchemy.orm import Session

from munbot_notifications.base import OUTBOX, SERVICE


def note(
    session: Session,
    actor: Actor,
    action: str,
    object_id: object,
    *,
    now: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write into the outbox that somebody changed something, in the transaction of the change.

    Args:
        session: of the change.
        actor: who.
        action: `<kind of thing>.<what>`, such as `webhook.created`.
        object_id: which one.
        now: when.
        before: what changed as it was; None for what is new.
        after: the same as it is now; None for what is removed.
    """
    event = audit_event(
        actor,
        source=SERVICE,
        action=action,
        object_type=action.partition(".")[0],
        object_id=object_id,
        before=before,
        after=after,
        clock=lambda: now,
    )
    record_events(session, OUTBOX, [event])


def difference(
    before: Mapping[str, Any], after: Mapping[str, Any], *, shown: frozenset[str]
) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return what differs, as it was and as it is now; of what the log may not hold, the names only, as `fields`.

    Args:
        before: the fields as they were.
        after: the same fields as they are now.
        shown: those whose values the log may hold.

    Returns:
        `before` and `after` for `note`; None when nothing differs.
    """
    changed = [name for name, value in after.items() if before[name] != value]
    if not changed:
        return None
    hidden = sorted(set(changed) - shown)
    values = [name for name in changed if name in shown]
    was, now = ({name: side[name] for name in values} for side in (before, after))
    return was, now | ({"fields": hidden} if hidden else {})
