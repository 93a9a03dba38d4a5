"""Writing the audit log and looking whether it is whole.

What is done here is noted in its own transaction; what other services tell of, when it arrives.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from munbot_common.auth import Principal
from munbot_common.clock import utc_now
from munbot_common.logs import correlation_id
from munbot_contracts.audit import AuditNoted
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
    _add(session, principal.tenant, fields, at=None)


def record_noted(session: Session, tenant: str, noted: AuditNoted, *, at: datetime | None, correlation: str) -> None:
    """Add what another service tells of.

    Args:
        session: a transaction; it holds the end of the tenant's chain until it commits.
        tenant: whose it is.
        noted: what was done.
        at: when; now, if it is about to be done.
        correlation: of the request that did it.
    """
    _add(session, tenant, {**noted.model_dump(mode="json"), "correlation_id": correlation}, at=at)


def _add(session: Session, tenant: str, fields: Mapping[str, Any], at: datetime | None) -> None:
    previous = repository.lock_head(session, tenant)
    moment = at or utc_now()  # entries of this service stand in the order of their times
    digest = entry_hash(previous, tenant, moment, fields)
    repository.append(session, tenant=tenant, at=moment, digest=digest, fields=fields)


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
