"""Which backups stay."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

__all__ = ["kept", "last_due"]

FRESH = timedelta(days=2)
"""What is younger stays in any case: one saves before an upgrade, and again after it."""


def kept(
    moments: Iterable[datetime], now: datetime, zone: ZoneInfo, *, daily: int, weekly: int, monthly: int
) -> set[datetime]:
    """Choose the backups that stay: the last one of each of the last days, weeks and months that have one.

    Args:
        moments: when each was begun, aware.
        now: aware.
        zone: whose days, ISO weeks and months.
        daily: how many days.
        weekly: how many weeks.
        monthly: how many months.

    Returns:
        The moments of those that stay; the newest is always among them.
    """
    newest_first = sorted(moments, reverse=True)
    stay = {moment for moment in newest_first if now - moment < FRESH} | set(newest_first[:1])

    def take(period: Callable[[datetime], object], count: int) -> None:
        seen: set[object] = set()
        for moment in newest_first:
            key = period(moment.astimezone(zone))
            if key not in seen:
                if len(seen) == count:
                    return
                seen.add(key)
                stay.add(moment)

    take(lambda local: local.date(), daily)
    take(lambda local: local.isocalendar()[:2], weekly)
    take(lambda local: (local.year, local.month), monthly)
    return stay


def last_due(now: datetime, at: time, zone: ZoneInfo) -> datetime:
    """Return the last moment, not after `now`, at which the clock of `zone` showed `at`.

    An hour that a change of clocks leaves out counts as the one after it.
    """
    today = now.astimezone(zone).date()
    due = datetime.combine(today, at, tzinfo=zone)
    return (due if due <= now else datetime.combine(today - timedelta(days=1), at, tzinfo=zone)).astimezone(UTC)
