"""When and where: quiet hours, pauses between attempts, and the way a notification takes. Pure functions."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from munbot_notifications.templates.builtin import Template

FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(minutes=15)
MARGIN = timedelta(minutes=30)
"""A reminder has to come at least so long before the hour; else it is sent although the hours are quiet."""
CHANNELS = ("email", "whatsapp", "sms", "apprise")


@dataclass(frozen=True, slots=True)
class Contact:
    """How one person can be reached.

    Attributes:
        key: names the person in preferences: `rut:…`, `email:…` or `phone:…`.
        email: normalised, if known.
        phone: E.164, if known.
    """

    key: str
    email: str | None = None
    phone: str | None = None

    @classmethod
    def of(cls, *, rut: str | None = None, email: str | None = None, phone: str | None = None) -> "Contact":
        """Return a contact, named by the first thing that is known of it.

        Raises:
            ValueError: nothing is known.
        """
        email = email.strip().lower() if email else None
        for kind, value in (("rut", rut), ("email", email), ("phone", phone)):
            if value:
                return cls(f"{kind}:{value}", email, phone or None)
        msg = "a contact without RUT, mail or telephone"
        raise ValueError(msg)

    def names(self) -> list[str]:
        """Return the names under which the person's wishes may be kept, the best one first."""
        others = [f"{kind}:{value}" for kind, value in (("email", self.email), ("phone", self.phone)) if value]
        return [self.key, *(key for key in others if key != self.key)]

    def address(self, channel: str) -> str | None:
        """Return where the channel reaches this person."""
        return self.email if channel == "email" else self.phone


def route(
    contact: Contact,
    allowed: Iterable[str],
    *,
    wanted: Sequence[str] | None = None,
    refused: frozenset[tuple[str, str]] = frozenset(),
) -> list[dict[str, Any]]:
    """Return where a notification may go, in order.

    Args:
        contact: the recipient.
        allowed: channels of its kind, in the order that holds where the contact wants no other.
        wanted: the contact's own order; channels that are not in it are not used.
        refused: (channel, address) that must not be written to.
    """
    permitted = tuple(allowed)
    order = permitted if wanted is None else [channel for channel in wanted if channel in permitted]
    found = ((channel, contact.address(channel)) for channel in order)
    return [
        {"channel": channel, "address": address}
        for channel, address in found
        if address and (channel, address) not in refused
    ]


def quiet_end(now: datetime, zone: str, quiet_from: time, quiet_until: time) -> datetime | None:
    """Return when the quiet hours end that `now` is in, None outside them.

    Args:
        now: aware.
        zone: of the people who want to sleep.
        quiet_from: local time at which they begin.
        quiet_until: local time at which they end, on the next day when it is not after the beginning.
    """
    if quiet_from == quiet_until:
        return None
    local = now.astimezone(ZoneInfo(zone))
    clock = local.time().replace(tzinfo=None)
    overnight = quiet_from > quiet_until
    inside = (clock >= quiet_from or clock < quiet_until) if overnight else quiet_from <= clock < quiet_until
    if not inside:
        return None
    day = local.date() + timedelta(days=1) if overnight and clock >= quiet_from else local.date()
    return datetime.combine(day, quiet_until, tzinfo=ZoneInfo(zone)).astimezone(now.tzinfo)


def held_until(
    now: datetime, template: Template, channel: str, *, quiet: datetime | None, expires_at: datetime | None
) -> datetime | None:
    """Return until when a citizen's notification waits for the end of the quiet hours, None when it does not.

    What answers the citizen's own act goes out by mail at once, and so does what would come too late.
    """
    if quiet is None or template.audience == "official" or (template.answers and channel == "email"):
        return None
    if expires_at is not None and quiet > expires_at - MARGIN:
        return None
    return quiet if quiet > now else None


def pause(attempts: int, *, spread: float | None = None) -> timedelta:
    """Return how long to wait after the `attempts`-th failed attempt: 10 s, doubled each time, at most 15 minutes.

    Args:
        attempts: from 1.
        spread: 0 to 1, at random by default: up to a fifth is added, so that what failed together comes apart.
    """
    part = random.random() if spread is None else spread  # noqa: S311 - no secret
    longest: timedelta = min(FIRST_PAUSE * 2 ** min(attempts - 1, 20), LONGEST_PAUSE)
    return longest * (1 + part / 5)


def flow_data(template: Template, data: Mapping[str, Any]) -> dict[str, str] | None:
    """Return what the bridge's flow is filled with, None where the template has no flow."""
    if template.flow is None:
        return None
    return {name: str(data[name]) for name in template.flow.data}
