"""Handoff and the tenant, as conversations knows them."""

from munbot_common.client import ServiceClient

from munbot_actions.services.catalogue import Kept
from munbot_actions.services.models import Handoff, Tenant


class Conversations:
    """The REST API of conversations.

    Args:
        client: with this service's token.
        seconds: how long the tenant is kept.
    """

    def __init__(self, client: ServiceClient, seconds: float) -> None:
        self._client = client
        self._tenants = Kept(self._ask_tenant, seconds)

    def tenant(self, tenant: str) -> Tenant:
        """Give the tenant."""
        return self._tenants.get(tenant)

    def _ask_tenant(self, tenant: str) -> Tenant:
        return Tenant.model_validate(self._client.request("GET", f"/v1/public/tenants/{tenant}"))

    def hand_off(self, tenant: str, conversation: str, reason: str, summary: str) -> Handoff:
        """Ask for a person."""
        path = f"/v1/conversations/{conversation}/handoff"
        answer = self._client.request("POST", path, tenant=tenant, json={"reason": reason, "summary": summary})
        return Handoff.model_validate(answer or {})
