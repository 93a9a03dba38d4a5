"""Complaints in MongoDB; nothing else asks for them."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from munbot_common.problems import Unavailable
from pymongo.errors import DuplicateKeyError

from munbot_complaints.complaints import queries
from munbot_complaints.complaints.models import ComplaintDocument, order_key
from munbot_complaints.complaints.queries import ComplaintFilter, Plan, Sort
from munbot_complaints.complaints.rules import merged_into
from munbot_complaints.folios import MAX_NUMBER, Folio
from munbot_complaints.mongo import Document, MongoDatabase

EARTH_RADIUS_M = 6_378_100  # the radius that $centerSphere is defined with
HINT_EVERY = 16
MAX_STEPS = 8
MAX_LOST = 2_000

_SUMMARY = {"history": 0, "comments": 0, "pending_events": 0, "terms": 0, "search": 0, "receipt": 0}


class AlreadyExists(Exception):
    """A complaint with this id is there: the same request came before."""


@dataclass(slots=True)
class Change:
    """One atomic change of a complaint."""

    set: dict[str, Any] = field(default_factory=dict)
    push: dict[str, list[Any]] = field(default_factory=dict)

    def to_update(self) -> dict[str, Any]:
        """Return it as MongoDB takes it."""
        update: dict[str, Any] = {"$set": self.set, "$inc": {"version": 1}}
        if self.push:
            update["$push"] = {name: {"$each": items} for name, items in self.push.items()}
        return update


class ComplaintRepository:
    """The complaints of all tenants."""

    def __init__(self, database: MongoDatabase) -> None:
        self._collection = database["complaints"]
        self._counters = database["counters"]
        self._turn = threading.Lock()
        self._earliest_due: dict[str, int] = {}  # by tenant, when a list was last read

    # -- one complaint ------------------------------------------------------------------------------------------------

    def insert_numbered(self, tenant: str, year: int, build: Callable[[Folio], ComplaintDocument]) -> ComplaintDocument:
        """Insert a complaint under the next free number and return it.

        Number and document are one write, and the unique index on (tenant, year, number) decides who gets it: a number
        is tried only when its predecessor is known to exist, so there are neither gaps nor duplicates, whoever dies.

        Raises:
            AlreadyExists: the document's id is taken.
            Unavailable: others were faster thousands of times.
        """
        with self._turn:  # threads of one process need not race each other
            number = self._highest(tenant, year)
            for lost in range(MAX_LOST):
                if lost and lost % MAX_STEPS == 0:
                    number = self._highest(tenant, year, known=number)
                number += 1
                document = build(Folio(year, number))
                try:
                    self._collection.insert_one(cast("Document", document))
                except DuplicateKeyError as error:
                    if "_id" in ((error.details or {}).get("keyPattern") or {}):
                        raise AlreadyExists from error
                    continue  # somebody was faster, so this number exists and the next one may be tried
                if number % HINT_EVERY == 0:
                    self._counters.update_one({"_id": f"{tenant}:{year}"}, {"$max": {"seen": number}}, upsert=True)
                return document
        raise Unavailable

    def _highest(self, tenant: str, year: int, known: int | None = None) -> int:
        """Return the highest number given so far, `known` or above.

        The counter is a hint of where to look, never the truth: were it lost or wrong, all numbers would be looked at.
        """
        if known is None:
            hint = self._counters.find_one({"_id": f"{tenant}:{year}"})
            known = int(hint["seen"]) if hint else 1
        for lowest in (known, 1):
            newest = self._collection.find_one(
                {"tenant_id": tenant, "year": year, "number": {"$gte": lowest, "$lte": MAX_NUMBER}},
                {"number": 1},
                sort=[("number", -1)],
            )
            if newest is not None:
                return int(newest["number"])
        return 0

    def by_id(self, complaint_id: str) -> ComplaintDocument | None:
        """Return a complaint of any tenant, or None."""
        return _typed(self._collection.find_one({"_id": complaint_id}))

    def followers(self, primary: ComplaintDocument) -> list[ComplaintDocument]:
        """Return the complaints that are merged into this one."""
        ids = [link["id"] for link in primary.get("duplicates", [])]
        if not ids:
            return []
        rows = [cast("ComplaintDocument", raw) for raw in self._collection.find({"_id": {"$in": ids}})]
        return [row for row in rows if merged_into(row) == primary["_id"]]

    def by_folio(self, tenant: str, folio: Folio) -> ComplaintDocument | None:
        """Return a tenant's complaint, or None."""
        key = {"tenant_id": tenant, "year": folio.year, "number": folio.number}
        return _typed(self._collection.find_one(key))

    def all_with_folio(self, folio: Folio) -> list[ComplaintDocument]:
        """Return the complaints of all tenants with this folio: numbers are per tenant."""
        return [cast("ComplaintDocument", raw) for raw in self._collection.find({"folio": str(folio)})]

    def apply(self, complaint_id: str, version: int, change: Change) -> bool:
        """Make a change if the complaint still has this version; False when it has not."""
        wanted = {"_id": complaint_id, "version": version}
        return self._collection.update_one(wanted, change.to_update()).matched_count == 1

    # -- lists --------------------------------------------------------------------------------------------------------

    def page(
        self, wanted: ComplaintFilter, *, sort: Sort, after: int | None, limit: int, now: datetime
    ) -> list[ComplaintDocument]:
        """Return up to `limit` complaints behind position `after`, without comments and history."""
        name, direction = queries.sorted_field(sort)
        if wanted.folio is not None:
            return self._one(wanted.folio, wanted, now) if after is None else []
        if wanted.overdue and sort == "created":
            return self._newest_overdue(wanted, after, limit, now)
        anything = ComplaintFilter(tenant=wanted.tenant)
        if sort == "due" and after is None and wanted != anything and wanted.tenant not in self._earliest_due:
            self.page(anything, sort=sort, after=None, limit=1, now=now)  # a filtered list cannot tell the earliest
        ways = queries.plans(wanted, sort, now)
        found: dict[str, ComplaintDocument] = {}
        earliest = self._earliest_due.get(wanted.tenant)
        for window in queries.windows(sort, wanted, after, now, earliest):
            rows: dict[str, ComplaintDocument] = {}
            for plan in ways:
                rows |= {
                    row["_id"]: row for row in self._ask(plan, {name: window}, (name, direction), limit - len(found))
                }
            key = name.split(".")[1]
            ordered = sorted(rows.values(), key=lambda row: direction * int(cast("Any", row["order"])[key]))
            found |= {row["_id"]: row for row in ordered[: limit - len(found)]}
            if len(found) >= limit:
                break
        listed = list(found.values())
        if queries.tells_earliest(sort, wanted, after, ways):
            self._earliest_due[wanted.tenant] = listed[0]["order"]["due"] if listed else order_key(now)
        return listed

    def _newest_overdue(
        self, wanted: ComplaintFilter, after: int | None, limit: int, now: datetime
    ) -> list[ComplaintDocument]:
        plan, windows = queries.newest_overdue(wanted, after, now)
        found: dict[str, ComplaintDocument] = {}
        newest: list[ComplaintDocument] = []
        for window in windows:
            found |= {row["_id"]: row for row in self._ask(plan, {"order.due": window}, ("order.created", -1), limit)}
            newest = sorted(found.values(), key=lambda row: -row["order"]["created"])[:limit]
            if len(newest) == limit and newest[-1]["order"]["created"] > window["$gt"]:
                break
        return newest

    def _ask(self, plan: Plan, window: dict[str, Any], order: tuple[str, int], limit: int) -> list[ComplaintDocument]:
        stages = plan.stages(window)
        stages += [{"$sort": {order[0]: order[1]}}, {"$limit": limit}, {"$project": _SUMMARY}]
        return [cast("ComplaintDocument", raw) for raw in self._collection.aggregate(stages)]

    def _one(self, folio: Folio, wanted: ComplaintFilter, now: datetime) -> list[ComplaintDocument]:
        stages: list[dict[str, Any]] = [
            {"$match": {"tenant_id": wanted.tenant, "year": folio.year, "number": folio.number}},
            {"$match": queries.conditions(wanted, now)},
            {"$project": _SUMMARY},
        ]
        return [cast("ComplaintDocument", raw) for raw in self._collection.aggregate(stages)]

    def near(
        self, *, tenant: str, category: str, longitude: float, latitude: float, radius_m: float, since: datetime
    ) -> list[ComplaintDocument]:
        """Return open complaints of a category within `radius_m` metres that came in since a moment."""
        first = {
            "tenant_id": tenant,
            "category_root": category.split(".", maxsplit=1)[0],
            "order.created": {"$gte": order_key(since)},
        }
        circle = {"$centerSphere": [[longitude, latitude], radius_m / EARTH_RADIUS_M]}
        rest: dict[str, Any] = {
            "status": {"$in": queries.open_statuses()},
            "place.location": {"$geoWithin": circle},
        }
        if "." in category:
            rest["category"] = category
        stages: list[dict[str, Any]] = [{"$match": first}, {"$match": rest}, {"$limit": 200}, {"$project": _SUMMARY}]
        return [cast("ComplaintDocument", raw) for raw in self._collection.aggregate(stages)]

    # -- the worker ---------------------------------------------------------------------------------------------------

    def due_for_sweep(self, now: datetime, limit: int) -> list[ComplaintDocument]:
        """Return complaints whose last day is over and that nobody was told about."""
        rows = self._collection.find({"clock.sweep_at": {"$lte": now}}).limit(limit)
        return [cast("ComplaintDocument", raw) for raw in rows]

    def existing(self, complaint_ids: list[str]) -> set[str]:
        """Return those of these ids that exist."""
        return {raw["_id"] for raw in self._collection.find({"_id": {"$in": complaint_ids}}, {"_id": 1})}


def _typed(raw: Document | None) -> ComplaintDocument | None:
    return None if raw is None else cast("ComplaintDocument", raw)
