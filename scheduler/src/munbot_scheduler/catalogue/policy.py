"""How far ahead, and how soon, a procedure may be booked."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from munbot_scheduler.catalogue.models import Procedure, TenantPolicy
from munbot_scheduler.settings import BookingDefaults
from munbot_scheduler.texts import say


@dataclass(frozen=True, slots=True)
class Policy:
    """A tenant's booking policy, a procedure's own values put in."""

    timezone: str
    min_notice: timedelta
    horizon_days: int
    hold: timedelta
    reminder_hours: tuple[int, ...]

    def earliest(self, now: datetime) -> datetime:
        """Return the first moment that may be booked."""
        return now + self.min_notice

    def last_day(self, now: datetime, zone: ZoneInfo) -> date:
        """Return the last local day that may be booked."""
        return now.astimezone(zone).date() + timedelta(days=self.horizon_days)

    def notice_text(self) -> str:
        """Return the notice in words, such as `2 horas`."""
        minutes = int(self.min_notice / timedelta(minutes=1))
        for unit, size in (("day", 1440), ("hour", 60)):
            count, rest = divmod(minutes, size)
            if count and not rest:
                return say(f"notice.{unit}") if count == 1 else say(f"notice.{unit}s", count=count)
        return say("notice.minutes", count=minutes)


def policy_of(defaults: BookingDefaults, tenant: TenantPolicy | None, procedure: Procedure | None = None) -> Policy:
    """Return what holds: the procedure's value, else the tenant's, else the setting."""
    notice = defaults.min_notice_minutes if tenant is None else tenant.min_notice_minutes
    horizon = defaults.horizon_days if tenant is None else tenant.horizon_days
    if procedure is not None and procedure.min_notice_minutes is not None:
        notice = procedure.min_notice_minutes
    if procedure is not None and procedure.horizon_days is not None:
        horizon = procedure.horizon_days
    return Policy(
        timezone=defaults.default_timezone if tenant is None else tenant.timezone,
        min_notice=timedelta(minutes=notice),
        horizon_days=horizon,
        hold=timedelta(minutes=defaults.hold_minutes if tenant is None else tenant.hold_minutes),
        reminder_hours=defaults.reminder_hours if tenant is None else tuple(tenant.reminder_hours),
    )
