"""Writing the audit trail, and telling the hub's log of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from munbot_common.audit import actor_name, audit_event
from munbot_common.auth import Principal
from munbot_common.ids import uuid7
from munbot_common.logs import correlation_id
from munbot_common.outbox import record_events
from sqlalchemy import insert
from sqlalchemy.orm import Session

from munbot_scheduler.audit.models import AuditEntry
from munbot_scheduler.base import OUTBOX, SERVICE

BY_LINK = "link:"
"""Begins the subject of whoever has an appointment's secret link; its code follows."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an official, a service, a citizen in a chat, or whoever has the secret link."""

    subject: str
    role: str
    tenant: str

    @classmethod
    def of(cls, principal: Principal) -> Self:
        """Return the caller as actor, named as the audit log names them; whoever has the secret link by its code."""
        by_link = principal.subject.startswith(BY_LINK)
        subject = principal.subject if by_link else actor_name(principal)
        return cls(subject, principal.role.value, principal.tenant)


def record(
    session: Session,
    actor: Actor,
    *,
    action: str,
    object_type: str,
    object_id: UUID,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    now: datetime,
) -> None:
    """Add a change to the trail, and to what is told, in the caller's transaction.

    Args:
        session: the request's session.
        actor: who does it.
        action: what, such as `booked`.
        object_type: `appointment`, `procedure`, ...
        object_id: which one.
        before: JSON of what changed as it was; no personal data, the trail can never be altered.
        after: the same as it is now.
        now: when.
    """
    session.execute(
        insert(AuditEntry).values(
            id=uuid7(),
            tenant_id=actor.tenant,
            at=now,
            actor=actor.subject,
            actor_role=actor.role,
            action=action,
            object_type=object_type,
            object_id=object_id,
            before=before,
            after=after,
            correlation_id=correlation_id.get(),
        )
    )
    told = audit_event(
        actor,
        source=SERVICE,
        action=f"{object_type}.{action}",
        object_type=object_type,
        object_id=object_id,
        before=before,
        after=after,
        clock=lambda: now,
    )
    record_events(session, OUTBOX, [told])
