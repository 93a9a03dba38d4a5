"""A complaint as MongoDB keeps it: one document holds all of it, so that every change is one atomic write."""

from datetime import datetime
from typing import Any, NotRequired, TypedDict

ORDER_BITS = 20
_ORDER_MASK = (1 << ORDER_BITS) - 1


def order_key(moment: datetime, number: int = 0) -> int:
    """Return a sorting position: milliseconds since 1970, then the folio's number. Fits 63 bits until the year 2248."""
    return (round(moment.timestamp() * 1000) << ORDER_BITS) | (number & _ORDER_MASK)


class Citizen(TypedDict):
    """Who complains. All personal data of a complaint but its free texts is in here, so that it can be erased."""

    rut: str
    name: str | None
    phone: str | None
    email: str | None
    search: str
    terms: list[str]


class Point(TypedDict):
    """GeoJSON: longitude, latitude in degrees."""

    type: str
    coordinates: list[float]


class Place(TypedDict):
    """Where it happens; `location` is absent when only the words are known."""

    address: str
    location: NotRequired[Point]


class ClockDocument(TypedDict):
    """A `deadlines.rules.Deadline`; `sweep_at` is there while the sweep should look: the moment it becomes overdue."""

    zone: str
    state: str
    days: int
    entry_day: str
    due_date: str
    paused_since: datetime | None
    overdue_since: datetime | None
    sweep_at: NotRequired[datetime]


class Order(TypedDict):
    """Positions for sorting; `due` is absent while no term runs."""

    created: int
    due: NotRequired[int]


class Actor(TypedDict):
    """Who did something."""

    subject: str
    role: str


class CommentDocument(TypedDict):
    """Something written on the complaint. `author` is `citizen` or `agent`."""

    id: str
    at: datetime
    author: str
    actor: Actor
    text: str
    public: bool


class HistoryEntry(TypedDict):
    """What was done, by whom and why; never changed afterwards."""

    at: datetime
    actor: Actor
    action: str
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str | None


class AttachmentLink(TypedDict):
    """An attachment as its complaint shows it."""

    id: str
    filename: str
    content_type: str
    size: int


class ComplaintLink(TypedDict):
    """Another complaint."""

    id: str
    folio: str


class PendingEvent(TypedDict):
    """An event that the broker has not confirmed yet; `body` is the whole CloudEvents envelope."""

    id: str
    key: str
    body: dict[str, Any]


class Relay(TypedDict):
    """Whether events wait."""

    pending: bool


class ComplaintDocument(TypedDict):
    """One complaint.

    `settled_at` is when it was first settled since it last came in. `merged_into` is the complaint that this one
    follows, and the truth about it; `duplicates` are those that were once said to follow this one.
    """

    _id: str
    tenant_id: str
    year: int
    number: int
    folio: str
    version: int
    status: str
    status_since: datetime
    category: str
    category_root: str
    category_name: str
    unit: str
    assignee: str | None
    description: str
    search: str
    terms: list[str]
    place: Place | None
    citizen: Citizen
    channel: str
    conversation_id: str | None
    created_at: datetime
    updated_at: datetime
    clock: ClockDocument
    order: Order
    comments: list[CommentDocument]
    history: list[HistoryEntry]
    attachments: list[AttachmentLink]
    receipt: dict[str, Any]
    fingerprint: str
    pending_events: list[PendingEvent]
    relay: Relay
    settled_at: NotRequired[datetime | None]
    merged_into: NotRequired[ComplaintLink | None]
    duplicates: NotRequired[list[ComplaintLink]]
