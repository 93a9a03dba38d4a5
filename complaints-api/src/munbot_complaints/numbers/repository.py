"""Questions that count."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from munbot_complaints.complaints.models import order_key
from munbot_complaints.complaints.rules import SETTLED
from munbot_complaints.mongo import MongoDatabase
from munbot_complaints.numbers.rules import Case

Row = dict[str, Any]
Rows = list[Row]

_FIELDS = ("created_at", "settled_at", "status", "status_since", "clock.overdue_since", "category_name", "unit")
_NEEDED: dict[str, int] = dict.fromkeys((*_FIELDS, "merged_into"), 1)


_FIRST_SLICE = timedelta(days=14)
_FEW, _MANY = 500, 2_000
_EPOCH = datetime(1990, 1, 1, tzinfo=UTC)


class NumbersRepository:
    """Counts complaints. One that was merged into another counts as received, and its answer does not.

    What can be all of a tenant's is asked for in slices of time: SecantusDB holds everybody up while it reads (0.17 ms
    each), and pymongo gives up all that is under way when the server is silent for some seconds.
    """

    def __init__(self, database: MongoDatabase) -> None:
        self._collection = database["complaints"]

    def cases(self, tenant: str, start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[Case]:
        """Return what came in between two moments, in local time."""
        for rows in self._slices(tenant, "created", (start, end), [{"$project": _NEEDED}], len):
            for row in rows:
                settled = None
                if row["status"] in SETTLED and not row.get("merged_into"):
                    settled = row.get("settled_at") or row["status_since"]
                yield Case(
                    created_at=row["created_at"].astimezone(zone),
                    settled_at=None if settled is None else settled.astimezone(zone),
                    late=row["clock"].get("overdue_since") is not None,
                    category=row["category_name"],
                    unit=row["unit"],
                )

    def by_status(self, tenant: str, now: datetime) -> dict[str, int]:
        """Return how many complaints are in each state."""
        group = {"$group": {"_id": "$status", "count": {"$sum": 1}}}
        counts: Counter[str] = Counter()
        for rows in self._slices(tenant, "created", (_EPOCH, now + timedelta(days=1)), [group], _counted):
            counts.update({row["_id"]: row["count"] for row in rows})
        return dict(counts)

    def overdue(self, tenant: str, now: datetime) -> int:
        """Return how many terms run whose last day is over."""
        span = (_EPOCH, now + timedelta(milliseconds=1))
        return sum(map(_counted, self._slices(tenant, "due", span, [{"$count": "count"}], _counted)))

    def _slices(
        self, tenant: str, field: str, span: tuple[datetime, datetime], stages: list[Row], count: Callable[[Rows], int]
    ) -> Iterator[Rows]:
        """Ask for a span of a sorted field in slices, the last first, each as long as the one before lets guess.

        Args:
            tenant: whose complaints.
            field: `created` or `due`.
            span: from, inclusive, and to, exclusive.
            stages: what is asked of each slice.
            count: how many complaints were read for its answer.
        """
        first, top = span
        size = _FIRST_SLICE
        while top > first:
            bottom = max(first, top - size)
            match = {"tenant_id": tenant, f"order.{field}": {"$gte": order_key(bottom), "$lt": order_key(top)}}
            rows = list(self._collection.aggregate([{"$match": match}, *stages]))
            yield rows
            top, read = bottom, count(rows)
            size = size * 2 if read < _FEW else size / 2 if read > _MANY else size


def _counted(rows: Rows) -> int:
    return sum(row["count"] for row in rows)
