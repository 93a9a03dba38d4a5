"""Between a `Deadline` and the part of the document that holds it."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from munbot_complaints.complaints.models import ClockDocument, ComplaintDocument, order_key
from munbot_complaints.deadlines.rules import BusinessCalendar, ClockState, Deadline


def to_deadline(clock: ClockDocument) -> Deadline:
    """Read a stored term."""
    return Deadline(
        state=ClockState(clock["state"]),
        days=clock["days"],
        entry_day=date.fromisoformat(clock["entry_day"]),
        due_date=date.fromisoformat(clock["due_date"]),
        paused_since=clock["paused_since"],
        overdue_since=clock["overdue_since"],
    )


def to_document(calendar: BusinessCalendar, deadline: Deadline) -> ClockDocument:
    """Return a term as it is stored."""
    document = ClockDocument(
        zone=calendar.zone.key,
        state=deadline.state.value,
        days=deadline.days,
        entry_day=deadline.entry_day.isoformat(),
        due_date=deadline.due_date.isoformat(),
        paused_since=deadline.paused_since,
        overdue_since=deadline.overdue_since,
    )
    if deadline.state is ClockState.RUNNING and deadline.overdue_since is None:
        document["sweep_at"] = calendar.end_of(deadline.due_date)
    return document


def fields(calendar: BusinessCalendar, deadline: Deadline, *, number: int, created: int) -> dict[str, Any]:
    """Return the document's fields that follow from a term: `clock` and `order`."""
    order: dict[str, int] = {"created": created}
    if deadline.state is ClockState.RUNNING:
        order["due"] = order_key(calendar.end_of(deadline.due_date), number)
    return {"clock": to_document(calendar, deadline), "order": order}


def local(document: ComplaintDocument, moment: datetime) -> datetime:
    """Return a moment in the zone of the complaint's office."""
    return moment.astimezone(ZoneInfo(document["clock"]["zone"]))


def is_overdue(document: ComplaintDocument, now: datetime) -> bool:
    """Whether the term runs and its last day is over."""
    due = document["order"].get("due")
    return due is not None and due <= order_key(now, -1)
