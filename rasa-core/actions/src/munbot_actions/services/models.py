"""What the dialogue needs of the services' answers; further members are ignored."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)


class Procedure(_Answer):
    """A procedure (trámite) of the office."""

    id: str
    code: str = ""
    name: str
    synonyms: list[str] = []
    description: str | None = None
    duration_minutes: int | None = None
    required_papers: list[str] = []
    price_text: str | None = None
    office_ids: list[str] = []

    @field_validator("required_papers", mode="before")
    @classmethod
    def _papers(cls, value: object) -> object:
        return [value] if isinstance(value, str) and value else value or []


class Office(_Answer):
    """A place where people are served."""

    id: str
    code: str = ""
    name: str
    address: str = ""
    phone: str | None = None
    email: str | None = None
    hours_text: str = ""
    procedure_ids: list[str] = []


class Slot(_Answer):
    """A free hour."""

    start: datetime
    office_id: str
    office_name: str = ""


class Day(_Answer):
    """Why a day has free hours or none."""

    date: date
    status: str
    detail: str | None = None


class Hold(_Answer):
    """An hour kept for some minutes."""

    id: str
    start: datetime
    office_id: str = ""
    expires_at: datetime


class Named(_Answer):
    """A procedure or an office inside an appointment."""

    id: str
    name: str = ""
    address: str | None = None
    required_papers: list[str] = []


class Appointment(_Answer):
    """An hour (hora) that somebody has."""

    id: str
    code: str
    status: str = "booked"
    start: datetime
    procedure: Named
    office: Named
    sequence: int = 0
    manage_url: str | None = None


class Category(_Answer):
    """A kind of complaint; leaves are what is filed."""

    code: str
    name: str
    synonyms: list[str] = []
    unit: str | None = None
    children: list["Category"] = []


class Complaint(_Answer):
    """A complaint that was filed."""

    id: str = ""
    folio: str
    status: str = "received"
    due_date: date | None = None

    @field_validator("due_date", mode="before")
    @classmethod
    def _day(cls, value: object) -> object:
        return value[:10] if isinstance(value, str) else value


class Tracking(_Answer):
    """What anybody with folio and RUT may know of a complaint."""

    folio: str
    status: str
    status_label: str = ""
    since: datetime | date | None = None
    due_date: date | None = None
    category: object = None
    updates: list[object] = []

    @field_validator("due_date", mode="before")
    @classmethod
    def _day(cls, value: object) -> object:
        return value[:10] if isinstance(value, str) else value


class Handoff(_Answer):
    """When a person answers."""

    open_now: bool = False
    opens_at: datetime | None = None
    attention_hours_text: str = ""


class Tenant(_Answer):
    """The office this bot speaks for."""

    id: str
    name: str
    short_name: str = ""
    phone: str | None = None
    address: str | None = None
    attention_hours_text: str | None = None


class DocumentSource(_Answer):
    """The passage that an answer is from."""

    document_id: str = ""
    document: str = ""
    article: str = ""
    passage: str = ""


class DocumentAnswer(_Answer):
    """What the office's documents say to a question."""

    answer_id: str
    mode: Literal["extractive", "generated", "clarify", "unknown"]
    answer: str = ""
    sources: list[DocumentSource] = []
    handoff: bool = False
    options: list[str] = []

    @property
    def is_answer(self) -> bool:
        """Tell whether there is something to say."""
        return self.mode in {"extractive", "generated"} and bool(self.answer.strip())


class Found(BaseModel):
    """Free hours, and what is to be said of days without."""

    slots: list[Slot] = Field(default_factory=list)
    days: list[Day] = Field(default_factory=list)
