"""Asks every service how it is."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any, Literal

import httpx
from munbot_common.app import Check

from munbot_web.operations.schemas import ServiceHealth

TIMEOUT_SECONDS = 3.0
OWN = "web-interface"


class ServiceHealths:
    """Asks all services at once.

    Args:
        targets: what to ask, by name of the service.
        own: what this service asks of what it needs itself.
        transport: for tests.
    """

    def __init__(
        self,
        targets: Mapping[str, str],
        *,
        own: Mapping[str, Check] | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._targets = dict(targets)
        self._own = own or {}
        self._http = httpx.AsyncClient(timeout=TIMEOUT_SECONDS, transport=transport)

    async def all(self) -> list[ServiceHealth]:
        """Return every service's answer, in the order in which they were named; this one's own first."""
        asked = (self._one(name, url) for name, url in self._targets.items())
        return list(await asyncio.gather(asyncio.to_thread(self._self), *asked))

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    def _self(self) -> ServiceHealth:
        started, checks = time.perf_counter(), dict[str, str]()
        for name, check in self._own.items():
            try:
                check()
                checks[name] = "ok"
            except Exception as error:  # noqa: BLE001 - any failure is what is asked for
                checks[name] = type(error).__name__
        good = all(value == "ok" for value in checks.values())
        status: Literal["ok", "unavailable"] = "ok" if good else "unavailable"
        return ServiceHealth(name=OWN, status=status, milliseconds=_since(started), checks=checks)

    async def _one(self, name: str, url: str) -> ServiceHealth:
        started = time.perf_counter()
        try:
            response = await self._http.get(url)
        except httpx.HTTPError as error:
            checks = {"connection": type(error).__name__}
            return ServiceHealth(name=name, status="away", milliseconds=_since(started), checks=checks)
        status = "ok" if response.is_success else "unavailable"
        return ServiceHealth(name=name, status=status, milliseconds=_since(started), checks=_checks(response))


def _since(started: float) -> int:
    return round((time.perf_counter() - started) * 1000)


def _checks(response: httpx.Response) -> dict[str, str]:
    try:
        body: Any = response.json()
    except ValueError:
        return {}
    checks = body.get("checks") if isinstance(body, dict) else None
    return {str(name): str(value) for name, value in checks.items()} if isinstance(checks, dict) else {}
