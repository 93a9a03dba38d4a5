"""Shapes of the audit trail."""

from datetime import datetime
from typing import Any
from uuid import UUID

from munbot_scheduler.schemas import Answer


class AuditOut(Answer):
    """One change."""

    id: UUID
    at: datetime
    actor: str
    actor_role: str
    action: str
    object_type: str
    object_id: UUID
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    correlation_id: str
