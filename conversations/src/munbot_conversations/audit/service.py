"""Writing the audit log, in the transaction of what it tells of."""

from typing import Any

from munbot_common.auth import Principal
from munbot_common.logs import correlation_id
from sqlalchemy import insert
from sqlalchemy.orm import Session

from munbot_conversations.audit.models import AuditEntry


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
    """Note that somebody did something.

    Args:
        session: the transaction of the action.
        principal: who.
        action: what, as `conversation.takeover`.
        object_type: kind of thing.
        object_id: which one.
        before: what changed, as it was; never message texts or passwords.
        after: what changed, as it is now.
    """
    session.execute(
        insert(AuditEntry).values(
            tenant_id=principal.tenant,
            actor=principal.subject,
            actor_role=principal.role.value,
            action=action,
            object_type=object_type,
            object_id=str(object_id),
            before=before,
            after=after,
            correlation_id=correlation_id.get(),
        )
    )
