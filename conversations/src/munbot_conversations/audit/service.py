"""Writing the audit log, in the transaction of what it tells of, and looking whether it is whole."""

import json
from dataclasses import dataclass
from typing import Any

from munbot_common.auth import Principal
from munbot_common.clock import utc_now
from munbot_common.logs import correlation_id
from sqlalchemy.orm import Session

from munbot_conversations.audit import repository
from munbot_conversations.audit.rules import FIELDS, entry_hash


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a look at the whole log."""

    entries: int
    head: str
    broken_at: int | None
    """Id of the first entry that does not fit, or 0 when entries at the end are missing; None when all is well."""


def record(
    session: Session,
    principal: Principal,
    *,
    action: str,
    object_type: str,
    object_id: object,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Note that somebody did something. The tenant's next entry waits for this one's commit, so call it late.

    Args:
        session: the transaction of the action.
        principal: who.
        action: what, as `conversation.takeover`.
        object_type: kind of thing.
        object_id: which one.
        before: what changed, as it was; never message texts or passwords.
        after: what changed, as it is now.
    """
    fields = {
        "actor": principal.subject,
        "actor_role": principal.role.value,
        "action": action,
        "object_type": object_type,
        "object_id": str(object_id),
        "before": json.loads(json.dumps(before)),
        "after": json.loads(json.dumps(after)),
        "correlation_id": correlation_id.get(),
    }
    previous = repository.lock_head(session, principal.tenant)
    now = utc_now()
    digest = entry_hash(previous, principal.tenant, now, fields)
    repository.append(session, tenant=principal.tenant, at=now, digest=digest, fields=fields)


def check(session: Session, tenant: str) -> Checked:
    """Compute the tenant's chain anew and compare.

    Whoever can rewrite the whole table can compute a new chain, too: the head is to be written down elsewhere now and
    then, and to be found again.
    """
    head = repository.head(session, tenant)
    if head is None:
        return Checked(0, "", None)
    previous, number = "", 0
    for row in repository.all_until(session, tenant, head.last_id):
        digest = entry_hash(previous, tenant, row.at, {name: getattr(row, name) for name in FIELDS})
        number += 1
        if digest != row.hash:
            return Checked(head.entries, head.hash, row.id)
        previous = digest
    whole = (number, previous) == (head.entries, head.hash)
    return Checked(head.entries, head.hash, None if whole else 0)
