"""Questions that count."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from munbot_complaints.complaints.models import order_key
from munbot_complaints.complaints.rules import SETTLED
from munbot_complaints.mongo import MongoDatabase
from munbot_complaints.numbers.rules import Case

_FIELDS = ("created_at", "settled_at", "status", "status_since", "clock.overdue_since", "category_name", "unit")
_NEEDED: dict[str, int] = dict.fromkeys((*_FIELDS, "merged_into"), 1)


class NumbersRepository:
    """Counts complaints. One that was merged into another counts as received, and its answer does not."""

    def __init__(self, database: MongoDatabase) -> None:
        self._collection = database["complaints"]

    def cases(self, tenant: str, start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[Case]:
        """Return what came in between two moments, in local time."""
        stages: list[dict[str, Any]] = [
            {"$match": {"tenant_id": tenant, "order.created": {"$gte": order_key(start), "$lt": order_key(end)}}},
            {"$project": _NEEDED},
        ]
        for row in self._collection.aggregate(stages):
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

    def by_status(self, tenant: str) -> dict[str, int]:
        """Return how many complaints are in each state."""
        stages: list[dict[str, Any]] = [
            {"$match": {"tenant_id": tenant}},
            {"$group": {"_id": "$status", "count": {"$sum": 1}}},
        ]
        return {row["_id"]: row["count"] for row in self._collection.aggregate(stages)}

    def overdue(self, tenant: str, now: datetime) -> int:
        """Return how many terms run whose last day is over."""
        match = {"tenant_id": tenant, "order.due": {"$gte": 0, "$lte": order_key(now, -1)}}
        rows = list(self._collection.aggregate([{"$match": match}, {"$count": "count"}]))
        return int(rows[0]["count"]) if rows else 0
