"""What a citizen sees of a complaint without logging in."""

from datetime import date
from typing import Literal

from munbot_contracts.complaints import ComplaintStatus
from pydantic import AwareDatetime, BaseModel, Field


class PublicUpdate(BaseModel):
    """Something that happened, in the office's words."""

    at: AwareDatetime
    kind: Literal["status", "comment"]
    status: ComplaintStatus | None = None
    author: str
    text: str


class PublicComplaint(BaseModel):
    """State, since when, and the next date. Nothing about persons."""

    folio: str
    status: ComplaintStatus
    status_label: str
    since: AwareDatetime
    category: str
    unit: str
    created_at: AwareDatetime
    due_date: date | None = Field(description="Absent once it is settled")
    clock: Literal["running", "paused", "stopped"] = Field(
        description="`paused` while the office waits for the citizen"
    )
    overdue: bool
    updates: list[PublicUpdate]
