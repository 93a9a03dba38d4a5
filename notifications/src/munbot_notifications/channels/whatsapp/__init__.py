"""WhatsApp, through whatsapp-bridge: a flow where the template has one, else the short words."""

from typing import Any, ClassVar

from munbot_common.client import ServiceAway, ServiceClient, ServiceProblem

from munbot_notifications.channels.base import AddressRefused, ChannelAway, Outgoing, Permanent, Retryable

__all__ = ["WhatsAppChannel"]

MAX_TEXT = 1024
MAX_VALUE = 300


class WhatsAppChannel:
    """Hands messages to the bridge, which keeps them from then on. A repetition is recognised by its idempotency key.

    Args:
        client: of whatsapp-bridge.
    """

    name: ClassVar[str] = "whatsapp"
    recognised: ClassVar[bool] = True

    def __init__(self, client: ServiceClient) -> None:
        self._client = client

    def send(self, message: Outgoing) -> str | None:
        """Hand a message over; return the bridge's id of it.

        Raises:
            ChannelAway: the bridge does not answer.
            AddressRefused: the person does not want it.
            Permanent: the bridge cannot send it, such as free words after 24 hours.
        """
        path, body = self._request(message)
        try:
            answer = self._client.request(
                "POST", path, tenant=message.tenant, json=body, idempotency_key=f"notification-{message.id}"
            )
        except ServiceAway as error:
            code = "bridge_away"
            raise ChannelAway(code) from error
        except ServiceProblem as error:
            if error.code == "opted_out":
                raise AddressRefused(error.code, "opted_out") from error
            if error.status == 429 or error.status >= 500:
                raise Retryable(error.code) from error
            raise Permanent(error.code) from error
        return str(answer["id"])

    def close(self) -> None:
        """Nothing is kept: the client is the worker's."""

    @staticmethod
    def _request(message: Outgoing) -> tuple[str, dict[str, Any]]:
        if message.flow is None:
            return "/v1/message", {"to": message.address, "text": message.filled.short[:MAX_TEXT]}
        given = message.flow_data or {}
        data = {name: given[name][:MAX_VALUE] for name in message.flow.data}
        return "/v1/start", {"to": message.address, "flow": message.flow.name, "data": data}
