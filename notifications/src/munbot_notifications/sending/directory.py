"""Municipalities as conversations knows them, kept for some minutes."""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from munbot_common.client import ServiceAway, ServiceClient
from munbot_common.clock import Clock, utc_now
from munbot_common.logs import get_logger

from munbot_notifications.templates.engine import DEFAULT_COLOR, Municipality

log = get_logger("notifications.directory")

FRESH = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Tenant:
    """What mails show of a municipality, and its zone."""

    municipality: Municipality
    timezone: str


class Directory:
    """Asks for each municipality once in five minutes. While conversations is away, what was known stays.

    Args:
        client: of conversations.
        clock: the time of day.
    """

    def __init__(self, client: ServiceClient, clock: Clock = utc_now) -> None:
        self._client = client
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, tuple[Tenant, datetime]] = {}

    def tenant(self, tenant: str) -> Tenant:
        """Return a municipality.

        Raises:
            ServiceAway: conversations does not answer, and it was never asked before.
            ServiceProblem: there is no such municipality.
        """
        now = self._clock()
        with self._lock:
            known = self._known.get(tenant)
        if known and now - known[1] < FRESH:
            return known[0]
        try:
            found = self._ask(tenant)
        except ServiceAway:
            if known is None:
                raise
            log.warning("conversations_away", tenant=tenant)
            found = known[0]
        with self._lock:
            self._known[tenant] = (found, now)
        return found

    def _ask(self, tenant: str) -> Tenant:
        body = self._client.request("GET", f"/v1/public/tenants/{tenant}")
        municipality = Municipality(
            name=body["name"],
            address=body["address"],
            phone=body["phone"],
            color=body["colors"].get("primary", DEFAULT_COLOR),
        )
        return Tenant(municipality, body["timezone"])
