"""Shapes of appointments, holds and slots."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from munbot_common.chile import Phone, Rut
from pydantic import Field, StringConstraints

from munbot_scheduler.schemas import Answer, Email, LongText, Moment, Reference, Request

ChannelName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]
PersonName = Annotated[str, StringConstraints(min_length=2, max_length=120, strip_whitespace=True)]
RutText = Annotated[Rut, Field(max_length=20)]
PhoneText = Annotated[Phone, Field(max_length=30)]
Holder = Annotated[str, StringConstraints(min_length=1, max_length=128)]


class CitizenIn(Request):
    """Who comes."""

    rut: RutText
    name: PersonName
    phone: PhoneText | None = None
    email: Email | None = None


class BookIn(Request):
    """A booking. `office_id` may be left out when only one office attends the procedure."""

    procedure_id: Reference = Field(description="Id or code of the procedure")
    office_id: Reference | None = Field(default=None, description="Id or code of the office")
    start: Moment = Field(examples=["2026-11-24T10:15:00-03:00"])
    hold_id: UUID | None = None
    citizen: CitizenIn
    channel: ChannelName = "api"
    conversation_id: UUID | None = None
    notes: LongText = ""


class ReasonIn(Request):
    """Why, if somebody says."""

    reason: Annotated[str, StringConstraints(max_length=500, strip_whitespace=True)] | None = None


class RescheduleIn(ReasonIn):
    """The new time, the office if that changes, and why, if somebody says."""

    start: Moment
    office_id: Reference | None = None
    hold_id: UUID | None = None


class EditIn(Request):
    """What officials correct without moving the appointment; what is left out stays."""

    name: PersonName | None = None
    phone: PhoneText | None = None
    email: Email | None = None
    notes: LongText | None = None


class HoldIn(Request):
    """A slot to set aside while somebody fills in the rest."""

    procedure_id: Reference
    office_id: Reference | None = None
    start: Moment
    holder: Holder | None = Field(
        default=None, description="Who holds it, such as a conversation's id; a visitor's is always their conversation"
    )


class HoldOut(Answer):
    """A slot that is set aside until `expires_at`."""

    id: UUID
    procedure_id: UUID
    office_id: UUID
    start: datetime
    end: datetime
    expires_at: datetime


class ProcedureSummary(Answer):
    """A procedure as an appointment shows it."""

    id: UUID
    code: str
    name: str
    required_papers: list[str]


class OfficeSummary(Answer):
    """An office as an appointment shows it."""

    id: UUID
    code: str
    name: str
    address: str


class CitizenOut(Answer):
    """Who comes; masked for visitors and on the secret link."""

    rut: str
    name: str
    phone: str | None
    email: str | None


class AppointmentOut(Answer):
    """An appointment. Times carry the office's offset."""

    id: UUID
    code: str
    status: str
    status_label: str
    start: datetime
    end: datetime
    timezone: str
    when_text: str = Field(examples=["martes 24 de noviembre a las 10:15"])
    procedure: ProcedureSummary
    office: OfficeSummary
    citizen: CitizenOut
    channel: str
    conversation_id: UUID | None
    notes: str | None
    reason: str | None
    sequence: int
    version: int
    created_at: datetime
    updated_at: datetime
    manage_url: str | None


class SlotOut(Answer):
    """A time that can be booked."""

    start: datetime
    end: datetime
    office_id: UUID
    office_name: str
    procedure_id: UUID
    capacity: int
    free: int


class DayOut(Answer):
    """How a day looks, and the sentence that says so."""

    date: date
    status: str = Field(examples=["open", "full", "holiday", "closed", "past", "too_soon", "beyond_horizon"])
    detail: str


class SlotsOut(Answer):
    """Free slots and the days that were asked for."""

    items: list[SlotOut]
    days: list[DayOut]
