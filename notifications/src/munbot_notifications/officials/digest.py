"""The daily digest: one message to each official who wants it, with what happened since the one before."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from munbot_common.clock import Clock, utc_now
from munbot_common.database import SessionFactory, unit_of_work
from munbot_common.logs import get_logger
from sqlalchemy.orm import Session

from munbot_notifications.officials import repository
from munbot_notifications.officials.models import DigestItem, Official
from munbot_notifications.sending import repository as sending
from munbot_notifications.sending.directory import Directory
from munbot_notifications.sending.service import About, official_row
from munbot_notifications.settings import CommonSettings
from munbot_notifications.texts import day_text, words

log = get_logger("notifications.digest")

MAX_ITEMS = 40
DAYS_BACK = 2
"""Digests of so many days are made up for when the worker was down."""
_NAMESPACE = UUID("5b0c2f6e-3a0b-4d0e-9a53-8f3ad0f1c2d4")


@dataclass(frozen=True, slots=True)
class Stretch:
    """What one digest tells of: from the digest before until this one."""

    day: date
    since: datetime
    until: datetime


def stretches(now: datetime, zone: str, at: time) -> list[Stretch]:
    """Return the stretches whose digests are due, the oldest first.

    Args:
        now: aware.
        zone: of the office.
        at: local time of the digest.
    """
    local = now.astimezone(ZoneInfo(zone))

    def moment(day: date) -> datetime:
        return datetime.combine(day, at, tzinfo=ZoneInfo(zone))

    days = (local.date() - timedelta(days=back) for back in range(DAYS_BACK - 1, -1, -1))
    return [Stretch(day, moment(day - timedelta(days=1)), moment(day)) for day in days if moment(day) <= now]


def digest_data(unit: str, day: date, items: Sequence[DigestItem], panel_url: str) -> dict[str, Any]:
    """Return what the template `digest` is filled with."""
    names = words()["digest"]
    kinds = Counter(item.kind for item in items)
    shown = [item for item in items if item.data.get("text")][:MAX_ITEMS]
    return {
        "day": day_text(day),
        "unit": unit,
        "total": len(items),
        "counts": [{"title": names[kind]["many"], "count": count} for kind, count in kinds.most_common()],
        "items": [{"title": names[item.kind]["one"], "text": item.data["text"]} for item in shown],
        "more": max(0, len(items) - len(shown)),
        "panel_url": panel_url,
    }


class Digests:
    """Plans the digests that are due; planned ones are not planned again, however often it is asked.

    Args:
        session_factory: the database.
        settings: the platform's hour, and its address.
        directory: municipalities, for their zone.
        clock: the time of day.
    """

    def __init__(
        self,
        session_factory: SessionFactory,
        settings: CommonSettings,
        *,
        directory: Directory,
        clock: Clock = utc_now,
    ) -> None:
        self._factory = session_factory
        self._settings = settings
        self._directory = directory
        self._clock = clock

    def run_once(self) -> int:
        """Plan what is due; return how many digests were planned."""
        now = self._clock()
        with unit_of_work(self._factory) as session:
            officials = repository.of_topic(session, "digest")
            own = {name: repository.rules_of(session, name) for name in {one.tenant_id for one in officials}}
        planned = 0
        for official in officials:
            rules = own[official.tenant_id]
            at = rules.digest_at if rules else time.fromisoformat(self._settings.digest_at)
            zone = self._directory.tenant(official.tenant_id).timezone
            for stretch in stretches(now, zone, at):
                if official.created_at < stretch.until:
                    planned += self._plan(official, stretch, now)
        return planned

    def _plan(self, official: Official, stretch: Stretch, now: datetime) -> int:
        with unit_of_work(self._factory) as session:
            items = repository.noted(session, official.tenant_id, official.unit, stretch.since, stretch.until)
            return len(self._add(session, official, stretch, items, now=now)) if items else 0

    def _add(
        self, session: Session, official: Official, stretch: Stretch, items: Sequence[DigestItem], *, now: datetime
    ) -> list[UUID]:
        about = About(
            tenant=official.tenant_id,
            source="digest",
            event_id=uuid5(_NAMESPACE, f"{official.tenant_id}|{stretch.day.isoformat()}"),
        )
        panel = f"{self._settings.public_url.rstrip('/')}/panel"
        data = digest_data(official.unit, stretch.day, items, panel)
        return sending.add(session, [official_row(about, official, "digest", data, now)])
