"""Shapes of the numbers."""

from datetime import date, datetime

from munbot_contracts.complaints import ComplaintStatus
from pydantic import BaseModel, Field


class DayNumbers(BaseModel):
    """One day in the office's zone."""

    day: date
    received: int
    settled: int = Field(description="of those that came in within the range")


class StatusNumbers(BaseModel):
    """How many complaints are in a state now."""

    status: ComplaintStatus
    label: str
    count: int


class NamedNumbers(BaseModel):
    """How many came in within the range."""

    name: str
    count: int


class ComplaintNumbers(BaseModel):
    """Complaints of a range of days, and how all of them stand now."""

    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    counted_at: datetime = Field(description="what took long to count is kept for a while")
    received: int = Field(description="came in within the range")
    settled: int = Field(description="of these, have an answer")
    median_days: float | None = Field(description="from coming in to the answer, days of 24 hours")
    on_time: float | None = Field(description="which part of the answers came within the term, 0 to 1")
    days: list[DayNumbers]
    categories: list[NamedNumbers] = Field(description="of those received, by name; the most frequent first")
    units: list[NamedNumbers] = Field(description="of those received; the most frequent first")
    open_now: int
    overdue_now: int
    statuses: list[StatusNumbers] = Field(description="all complaints as they stand now")
