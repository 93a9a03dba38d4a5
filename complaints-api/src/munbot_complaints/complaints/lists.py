"""Lists of complaints: pages with a cursor, duplicates nearby, and the CSV file."""

import base64
import binascii
import csv
import io
import json
from collections.abc import Iterator
from datetime import datetime, timedelta

from munbot_common.auth import Principal, Role
from munbot_common.clock import Clock
from munbot_contracts.complaints import ComplaintStatus

from munbot_complaints import texts
from munbot_complaints.complaints import clock as clocks
from munbot_complaints.complaints import views
from munbot_complaints.complaints.models import ComplaintDocument
from munbot_complaints.complaints.problems import CursorInvalid
from munbot_complaints.complaints.queries import ComplaintFilter, Sort
from munbot_complaints.complaints.repository import ComplaintRepository
from munbot_complaints.complaints.rules import distance_m, safe_cell
from munbot_complaints.complaints.schemas import ComplaintPage, Duplicate
from munbot_complaints.deadlines.rules import ClockState

DUPLICATE_DAYS = 60
EXPORT_PAGE = 500
_BOM = "\ufeff"


def encode_cursor(sort: Sort, position: int) -> str:
    """Return an opaque cursor that stands behind a row."""
    return base64.urlsafe_b64encode(json.dumps([sort, position]).encode()).decode().rstrip("=")


def decode_cursor(text: str, sort: Sort) -> int:
    """Return the position that a cursor stands for.

    Raises:
        CursorInvalid: it is none, or belongs to another order.
    """
    try:
        kind, position = json.loads(base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)))
    except (binascii.Error, ValueError, TypeError, RecursionError) as error:
        raise CursorInvalid from error
    if kind != sort or type(position) is not int or not 0 <= position < 1 << 63:
        raise CursorInvalid
    return position


class ComplaintLists:
    """Everything that returns more than one complaint."""

    def __init__(self, repository: ComplaintRepository, clock: Clock) -> None:
        self._repository = repository
        self._clock = clock

    def page(self, wanted: ComplaintFilter, *, sort: Sort, cursor: str | None, limit: int) -> ComplaintPage:
        """Return one page of a list.

        Raises:
            CursorInvalid: not a cursor of this order.
        """
        after = None if cursor is None else decode_cursor(cursor, sort)
        now = self._clock()
        rows = self._repository.page(wanted, sort=sort, after=after, limit=limit + 1, now=now)
        more = len(rows) > limit
        rows = rows[:limit]
        return ComplaintPage(
            items=[views.summary(row, now) for row in rows],
            next_cursor=encode_cursor(sort, _position(rows[-1], sort)) if more else None,
        )

    def duplicates(
        self, principal: Principal, *, category: str, longitude: float, latitude: float, radius_m: float, limit: int
    ) -> list[Duplicate]:
        """Return open complaints of the last sixty days nearby, nearest first; a citizen gets no words of others."""
        now = self._clock()
        rows = self._repository.near(
            tenant=principal.tenant,
            category=category,
            longitude=longitude,
            latitude=latitude,
            radius_m=radius_m,
            since=now - timedelta(days=DUPLICATE_DAYS),
        )
        here = (longitude, latitude)
        found = sorted(((distance_m(here, _point(row)), row) for row in rows), key=lambda pair: pair[0])
        citizen = principal.role is Role.VISITOR
        return [
            Duplicate(
                folio=row["folio"],
                status=ComplaintStatus(row["status"]),
                status_label=texts.status_label(row["status"]),
                category=row["category"],
                category_name=row["category_name"],
                created_at=clocks.local(row, row["created_at"]),
                distance_m=round(metres),
                description=None if citizen else row["description"],
                address=None if citizen or row["place"] is None else row["place"]["address"],
            )
            for metres, row in found[:limit]
        ]

    def export(self, wanted: ComplaintFilter, *, sort: Sort, separator: str) -> Iterator[bytes]:
        """Return the CSV file of a list in parts: UTF-8 with BOM, no cell that a spreadsheet would run.

        The first page is read before this returns, so that a store that is away is answered properly.
        """
        now = self._clock()
        first = self._repository.page(wanted, sort=sort, after=None, limit=EXPORT_PAGE, now=now)
        return self._csv(wanted, sort, separator, first, now)

    def _csv(
        self, wanted: ComplaintFilter, sort: Sort, separator: str, rows: list[ComplaintDocument], now: datetime
    ) -> Iterator[bytes]:
        buffer = io.StringIO()
        writer = csv.writer(buffer, delimiter=separator)
        buffer.write(_BOM)
        writer.writerow([texts.text("csv", column) for column in _COLUMNS])
        while rows:
            writer.writerows([safe_cell(cell) for cell in _cells(row, now)] for row in rows)
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
            if len(rows) < EXPORT_PAGE:
                return
            after = _position(rows[-1], sort)
            rows = self._repository.page(wanted, sort=sort, after=after, limit=EXPORT_PAGE, now=now)
        yield buffer.getvalue().encode()


_COLUMNS = (
    "folio",
    "status",
    "status_since",
    "category",
    "unit",
    "assignee",
    "created_at",
    "due_date",
    "overdue",
    "description",
    "address",
    "latitude",
    "longitude",
    "rut",
    "name",
    "phone",
    "email",
    "channel",
)
_MINUTE = "%Y-%m-%d %H:%M"


def _cells(row: ComplaintDocument, now: datetime) -> list[object]:
    place = views.place_fields(row["place"]) or {"address": None, "latitude": None, "longitude": None}
    citizen = row["citizen"]
    stopped = row["clock"]["state"] == ClockState.STOPPED
    return [
        row["folio"],
        texts.status_label(row["status"]),
        clocks.local(row, row["status_since"]).strftime(_MINUTE),
        row["category_name"],
        row["unit"],
        row["assignee"],
        clocks.local(row, row["created_at"]).strftime(_MINUTE),
        None if stopped else row["clock"]["due_date"],
        texts.text("csv", "yes" if clocks.is_overdue(row, now) else "no"),
        row["description"],
        place["address"],
        place["latitude"],
        place["longitude"],
        citizen["rut"],
        citizen["name"],
        citizen["phone"],
        citizen["email"],
        row["channel"],
    ]


def _position(row: ComplaintDocument, sort: Sort) -> int:
    return row["order"]["created"] if sort == "created" else row["order"]["due"]


def _point(row: ComplaintDocument) -> tuple[float, float]:
    place = row["place"]
    if place is None or "location" not in place:
        msg = "only complaints with a location are asked for"
        raise ValueError(msg)
    longitude, latitude = place["location"]["coordinates"]
    return longitude, latitude
