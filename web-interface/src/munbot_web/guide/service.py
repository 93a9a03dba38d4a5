"""Reads what is public from its owners and keeps it for a minute."""

import time
from collections.abc import Awaitable, Callable
from typing import TypeVar, cast

from munbot_common.client import AsyncServiceClient, ServiceAway, ServiceProblem
from munbot_common.logs import get_logger
from munbot_common.problems import NotFound, Unavailable
from pydantic import BaseModel

from munbot_web.chat.hub import TenantUnknown
from munbot_web.guide.schemas import Guide, GuideOffice, GuideProcedure, Tenant
from munbot_web.texts import say

log = get_logger("guide")

FRESH_SECONDS = 60.0
T = TypeVar("T", bound=BaseModel)


class GuideService:
    """Public pages ask often and the answers change seldom; an old answer is better than none."""

    def __init__(
        self,
        *,
        conversations: AsyncServiceClient,
        scheduler: AsyncServiceClient,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._conversations = conversations
        self._scheduler = scheduler
        self._monotonic = monotonic
        self._kept: dict[tuple[str, str], tuple[float, BaseModel]] = {}

    async def tenant(self, tenant: str) -> Tenant:
        """Return an office's public profile.

        Raises:
            TenantUnknown: no such office.
        """
        return await self._cached("tenant", tenant, lambda: self._read_tenant(tenant))

    async def guide(self, tenant: str) -> Guide:
        """Return an office's procedures and places.

        Raises:
            TenantUnknown: no such office.
        """
        await self.tenant(tenant)
        return await self._cached("guide", tenant, lambda: self._read_guide(tenant))

    async def _cached(self, kind: str, tenant: str, read: Callable[[], Awaitable[T]]) -> T:
        kept = self._kept.get((kind, tenant))
        if kept and self._monotonic() - kept[0] < FRESH_SECONDS:
            return cast("T", kept[1])
        try:
            value = await read()
        except ServiceProblem as problem:
            if problem.status == NotFound.status:
                raise TenantUnknown(say("tenant_unknown")) from problem
            raise Unavailable(headers={"Retry-After": "5"}) from problem
        except ServiceAway:
            if kept:
                return cast("T", kept[1])
            raise
        self._kept[kind, tenant] = (self._monotonic(), value)
        return value

    async def _read_tenant(self, tenant: str) -> Tenant:
        return Tenant.model_validate(await self._conversations.request("GET", f"/v1/public/tenants/{tenant}"))

    async def _read_guide(self, tenant: str) -> Guide:
        procedures = await self._scheduler.request("GET", "/v1/procedures", tenant=tenant)
        offices = await self._scheduler.request("GET", "/v1/offices", tenant=tenant)
        return Guide(
            procedures=[GuideProcedure.model_validate(item) for item in procedures["items"]],
            offices=[GuideOffice.model_validate(item) for item in offices["items"]],
        )
