"""Who the officials are, as conversations knows them."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from munbot_common.client import AsyncServiceClient, ServiceAway, ServiceProblem
from munbot_common.logs import get_logger

log = get_logger("directory")

FRESH_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Official:
    """An account of an official."""

    id: str
    name: str
    role: str
    active: bool


class Directory(Protocol):
    """Knows the officials of a tenant."""

    async def find(self, tenant: str, agent_id: str) -> Official | None:
        """Return an official; None when there is nobody of this id.

        Raises:
            ServiceAway: nobody can say.
        """
        ...


class HubDirectory:
    """Asks conversations, once in half a minute for each tenant: many sockets come back at the same moment."""

    def __init__(self, conversations: AsyncServiceClient, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._conversations = conversations
        self._monotonic = monotonic
        self._kept: dict[str, tuple[float, dict[str, Official]]] = {}

    async def find(self, tenant: str, agent_id: str) -> Official | None:
        """Return an official; what was known before is good enough while conversations is away."""
        kept = self._kept.get(tenant)
        # One who is not known may have been added just now.
        if kept is None or agent_id not in kept[1] or self._monotonic() - kept[0] >= FRESH_SECONDS:
            try:
                kept = (self._monotonic(), await self._read(tenant))
            except ServiceAway:
                if kept is None:
                    raise
            else:
                self._kept[tenant] = kept
        return kept[1].get(agent_id)

    async def _read(self, tenant: str) -> dict[str, Official]:
        try:
            answer: dict[str, Any] = await self._conversations.request("GET", "/v1/agents", tenant=tenant)
        except ServiceProblem as problem:
            log.warning("agents_unknown", code=problem.code)
            raise ServiceAway(problem.code) from problem
        return {
            item["id"]: Official(item["id"], item["name"], item["role"], item["active"]) for item in answer["items"]
        }
