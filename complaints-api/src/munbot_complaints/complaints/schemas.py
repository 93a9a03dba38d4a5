"""Shapes of the complaint endpoints."""

from datetime import date
from typing import Any, Literal, Self
from uuid import UUID

from munbot_common.chile import Phone, Rut
from munbot_contracts.complaints import ComplaintStatus
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from munbot_complaints.fields import Code, Description, Email, Line, Paragraph, RequiredLine

MAX_VERSION = 2**31 - 1
Version = Field(default=None, ge=1, le=MAX_VERSION, description="The version you saw; another one gives 409")


class Body(BaseModel):
    """What comes in: unknown fields are refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid")


class PlaceBody(Body):
    """Where it happens, in words and, if known, on the map (WGS 84 degrees)."""

    address: Line = Field(default="", examples=["Villa Los Aromos, pasaje 3"])
    latitude: float | None = Field(default=None, ge=-90, le=90, allow_inf_nan=False)
    longitude: float | None = Field(default=None, ge=-180, le=180, allow_inf_nan=False)

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.latitude is None) != (self.longitude is None):
            code = "place_invalid"
            message = "Indique latitud y longitud, o ninguna de las dos"
            raise PydanticCustomError(code, "{message}", {"message": message})
        return self


class CitizenBody(Body):
    """Who complains."""

    rut: Rut
    name: Line | None = Field(default=None, examples=["Marcela Soto"])
    phone: Phone | None = None
    email: Email | None = None


class ComplaintBody(Body):
    """A new complaint."""

    category: Code = Field(examples=["aseo.retiro_basura"])
    description: Description = Field(examples=["Hace dos semanas que no pasa el camión de la basura"])
    place: PlaceBody | None = None
    citizen: CitizenBody
    channel: str = Field(default="web", pattern=r"^[a-z_]{1,20}$")
    conversation_id: UUID | None = None
    attachment_ids: list[UUID] = Field(default_factory=list, max_length=10)


class Change(Body):
    """A change of a complaint that was seen."""

    version: int | None = Version


class CommentBody(Change):
    """Something to write on a complaint. A citizen's is always public."""

    text: Paragraph
    public: bool = False
    author: Literal["citizen", "agent"] | None = Field(default=None, description="For services that act for a citizen")


class AssignBody(Change):
    """Who takes care of it: an official's id (null for nobody), and another unit where it changes hands."""

    assignee: RequiredLine | None
    unit: RequiredLine | None = None


class StatusBody(Change):
    """Where it goes, and why. The reason is shown to the citizen."""

    status: ComplaintStatus
    reason: Line = Field(default="", examples=["Se repuso la luminaria"])


class MergeBody(Change):
    """The complaint that this one repeats, and what its citizen is told."""

    into: str = Field(max_length=60, examples=["REC-2026-000013-7"])
    reason: Line = Field(default="", description="A sentence of the office's if it is not given")


class AttachBody(Change):
    """Completed attachments for a complaint."""

    attachment_ids: list[UUID] = Field(min_length=1, max_length=10)


class Receipt(BaseModel):
    """What a citizen gets for a complaint."""

    id: UUID
    folio: str = Field(examples=["REC-2026-000013-7"])
    status: ComplaintStatus
    status_label: str
    version: int
    category: str
    category_name: str
    unit: str
    created_at: AwareDatetime
    deadline_days: int = Field(description="Business days")
    due_date: date


class PlaceOut(BaseModel):
    """Where it happens."""

    address: str
    latitude: float | None
    longitude: float | None


class CitizenOut(BaseModel):
    """Who complains."""

    rut: str
    name: str | None
    phone: str | None
    email: str | None


class ActorOut(BaseModel):
    """Who did something."""

    subject: str
    role: str


class CommentOut(BaseModel):
    """Something written on the complaint."""

    id: UUID
    at: AwareDatetime
    author: str
    actor: ActorOut
    text: str
    public: bool


class HistoryOut(BaseModel):
    """What was done, by whom and why."""

    at: AwareDatetime
    actor: ActorOut
    action: str
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str | None


class AttachmentLinkOut(BaseModel):
    """A file on a complaint; fetch it at /v1/attachments/{id}."""

    id: UUID
    filename: str
    content_type: str
    size: int


class ComplaintSummary(BaseModel):
    """A complaint as a row of a list."""

    id: UUID
    folio: str
    version: int
    status: ComplaintStatus
    status_label: str
    status_since: AwareDatetime
    category: str
    category_name: str
    unit: str
    assignee: str | None
    description: str
    place: PlaceOut | None
    citizen: CitizenOut
    channel: str
    conversation_id: UUID | None
    created_at: AwareDatetime
    updated_at: AwareDatetime
    due_date: date | None
    clock: Literal["running", "paused", "stopped"]
    overdue: bool
    attachments: list[AttachmentLinkOut]
    merged_into: str | None = Field(description="Folio of the complaint that this one repeats; for officials")
    allowed_statuses: list[ComplaintStatus] = Field(description="Where officials may move it now")


class ComplaintOut(ComplaintSummary):
    """A complaint with everything that happened to it."""

    duplicates: list[str] = Field(description="Folios of the complaints that were merged into this one; for officials")
    comments: list[CommentOut]
    history: list[HistoryOut]


class ComplaintPage(BaseModel):
    """A page of a list; `next_cursor` is absent on the last one."""

    items: list[ComplaintSummary]
    next_cursor: str | None


class Duplicate(BaseModel):
    """An open complaint nearby that may be the same."""

    folio: str
    status: ComplaintStatus
    status_label: str
    category: str
    category_name: str
    created_at: AwareDatetime
    distance_m: int
    description: str | None = Field(description="For officials and services only")
    address: str | None = Field(description="For officials and services only")


class Duplicates(BaseModel):
    """Nearest first."""

    items: list[Duplicate]
