"""What happens to a complaint (reclamo)."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field
from pydantic.config import JsonDict

from munbot_contracts.envelope import Contract

COMPLAINT_CREATED = "munbot.complaint.created.v1"
COMPLAINT_STATUS_CHANGED = "munbot.complaint.status_changed.v1"
COMPLAINT_COMMENTED = "munbot.complaint.commented.v1"
COMPLAINT_OVERDUE = "munbot.complaint.overdue.v1"
COMPLAINT_REOPENED = "munbot.complaint.reopened.v1"

_COMPLAINT: JsonDict = {
    "complaint_id": "019358f2-0000-7000-8000-000000000001",
    "folio": "REC-2026-000123-K",
    "category": "aseo.retiro_basura",
    "category_name": "Retiro de basura",
    "unit": "Dirección de Aseo y Ornato",
    "status": "received",
    "created_at": "2026-11-23T09:15:00-03:00",
    "due_date": "2026-12-07",
    "citizen": {"rut": "15482903-2", "name": "Marcela Soto", "phone": "+56987654321", "email": None},
    "channel": "web",
    "conversation_id": "019358ef-0000-7000-8000-000000000001",
}


class ComplaintStatus(StrEnum):
    """States of a complaint."""

    RECEIVED = "received"
    IN_REVIEW = "in_review"
    FORWARDED = "forwarded"
    WAITING_CITIZEN = "waiting_citizen"
    RESOLVED = "resolved"
    REJECTED = "rejected"
    CLOSED = "closed"
    REOPENED = "reopened"


class Complainant(Contract):
    """Who complains. Personal data: never logged."""

    rut: str
    name: str | None = None
    phone: str | None = None
    email: str | None = None


class ComplaintFact(Contract):
    """The complaint as it stands after the fact."""

    model_config = ConfigDict(json_schema_extra={"examples": [_COMPLAINT]})

    complaint_id: UUID
    folio: str
    category: str
    category_name: str
    unit: str
    status: ComplaintStatus
    created_at: AwareDatetime
    due_date: date | None = None
    citizen: Complainant
    channel: str
    conversation_id: UUID | None = None


class ComplaintStatusChanged(ComplaintFact):
    """Moved from one state to another, and why."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **_COMPLAINT,
                    "status": "in_review",
                    "previous_status": "received",
                    "reason": "Derivado a terreno",
                    "changed_by": "agent",
                }
            ]
        }
    )

    previous_status: ComplaintStatus
    reason: str
    changed_by: str | None = Field(
        default=None, description="Role of who did it: visitor, citizen, service, agent, admin"
    )


class ComplaintCommented(ComplaintFact):
    """Somebody wrote on it; `public` comments are for the citizen."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **_COMPLAINT,
                    "comment_id": "019358f2-0000-7000-8000-000000000009",
                    "text": "Visita el jueves.",
                    "public": True,
                    "author": "agent",
                }
            ]
        }
    )

    comment_id: UUID
    text: str
    public: bool
    author: str


class ComplaintOverdue(ComplaintFact):
    """The due date has passed without an end state. Sent once."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**_COMPLAINT, "overdue_since": "2026-12-08T00:00:00-03:00"}]}
    )

    overdue_since: AwareDatetime


COMPLAINT_EVENTS: dict[str, type[Contract]] = {
    COMPLAINT_CREATED: ComplaintFact,
    COMPLAINT_STATUS_CHANGED: ComplaintStatusChanged,
    COMPLAINT_COMMENTED: ComplaintCommented,
    COMPLAINT_OVERDUE: ComplaintOverdue,
    COMPLAINT_REOPENED: ComplaintStatusChanged,
}
