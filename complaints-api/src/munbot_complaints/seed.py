"""The demo's categories and complaints, from `complaints.yml`. They go through the service as anybody's do."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from munbot_common.auth import Principal, Role
from munbot_common.clock import Clock, utc_now
from munbot_common.idempotency import IdempotencyKeyReused
from munbot_common.logs import get_logger
from munbot_contracts.complaints import ComplaintStatus

from munbot_complaints.attachments.storage import ObjectStore
from munbot_complaints.categories.schemas import CategoryBody
from munbot_complaints.complaints.schemas import (
    AssignBody,
    CitizenBody,
    CommentBody,
    ComplaintBody,
    PlaceBody,
    StatusBody,
)
from munbot_complaints.deadlines.rules import BusinessCalendar
from munbot_complaints.dependencies import Services, build_services
from munbot_complaints.mongo import MongoDatabase

log = get_logger("complaints.seed")


class _SetClock:
    """A clock that stands where it is put."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment


def load(database: MongoDatabase, store: ObjectStore, path: Path, now: Clock = utc_now) -> int:
    """Load a seed file; returns how many complaints were new."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    clock = _SetClock(now())
    services = build_services(database, store, clock)
    created = 0
    for tenant, data in content["tenants"].items():
        calendar = BusinessCalendar(ZoneInfo(data["timezone"]), data.get("region"))
        principal = Principal(subject="seed", role=Role.SERVICE, tenant=tenant)
        services.calendars.save(principal, calendar)
        _load_categories(services, principal, data["categories"])
        for item in data["complaints"]:
            created += _load_complaint(services, clock, principal, item, now=now(), zone=calendar.zone)
    return created


def _load_categories(services: Services, principal: Principal, categories: list[dict[str, Any]]) -> None:
    for position, area in enumerate(categories):
        inherited = {name: area[name] for name in ("unit", "deadline_days")}
        for offset, category in enumerate([area, *area.get("children", [])]):
            fields = inherited | {name: value for name, value in category.items() if name not in {"code", "children"}}
            body = CategoryBody.model_validate(fields | {"position": position * 100 + offset})
            services.categories.save(principal, category["code"], body)


def _load_complaint(
    services: Services, clock: _SetClock, principal: Principal, item: dict[str, Any], *, now: datetime, zone: ZoneInfo
) -> bool:
    today = now.astimezone(zone).date()
    at = time.fromisoformat(item["time"])
    clock.moment = _moment(today, item["days_ago"], at, zone, now)
    body = ComplaintBody(
        category=item["category"],
        description=item["description"],
        place=PlaceBody(address=item["address"], latitude=item.get("latitude"), longitude=item.get("longitude")),
        citizen=CitizenBody(rut=item["rut"], name=item.get("name"), phone=item.get("phone"), email=item.get("email")),
        channel="web",
    )
    try:
        receipt, known = services.intake.create(principal, body, f"seed:{item['key']}")
    except IdempotencyKeyReused:
        log.warning("seed_changed", key=item["key"])
        return False
    done = len(services.complaints.get(principal, receipt.folio)["history"]) - 1
    for number, step in enumerate(item["steps"][done:], start=done):
        clock.moment = _moment(today, step["day"], at, zone, now) + timedelta(minutes=30 + number)
        clock.moment = min(clock.moment, now)
        _take_step(services, principal, receipt.folio, step)
    return not known


def _moment(today: date, days_ago: int, at: time, zone: ZoneInfo, now: datetime) -> datetime:
    return min(datetime.combine(today - timedelta(days=days_ago), at, tzinfo=zone).astimezone(UTC), now)


def _take_step(services: Services, principal: Principal, folio: str, step: dict[str, Any]) -> None:
    if "status" in step:
        status = StatusBody(status=ComplaintStatus(step["status"]), reason=step["reason"])
        services.complaints.move(principal, folio, status)
    elif "assign" in step:
        services.complaints.assign(principal, folio, AssignBody(assignee=step["assign"]))
    else:
        services.complaints.comment(principal, folio, CommentBody(text=step["comment"], public=step["public"]))
