"""Queues as RabbitMQ's management API counts them."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import httpx
from munbot_common.messaging import RETRY_TTL_MS
from munbot_common.problems import Unavailable

from munbot_web.operations.schemas import QueueState
from munbot_web.texts import say

TIMEOUT_SECONDS = 5.0
DEAD = ".dead"
_RETRIES = tuple(f".retry.{attempt}" for attempt in range(1, len(RETRY_TTL_MS) + 1))
_COLUMNS = "name,consumers,messages_ready,messages_unacknowledged,type,arguments"


class BrokerAway(Unavailable):
    """RabbitMQ does not answer."""

    code = "broker_away"
    title = "El sistema de mensajes no responde"


class QueueBook:
    """Reads queues over the management API, with the user and the virtual host of the AMQP address.

    Args:
        api_url: base address of the management API.
        amqp_url: AMQP address with its password.
        transport: for tests.
    """

    def __init__(self, api_url: str, amqp_url: str, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        broker = urlsplit(amqp_url)
        self._vhost = quote(unquote(broker.path.removeprefix("/")) or "/", safe="")
        self._http = httpx.AsyncClient(
            base_url=api_url,
            auth=(unquote(broker.username or "guest"), unquote(broker.password or "guest")),
            timeout=TIMEOUT_SECONDS,
            transport=transport,
        )

    async def all(self) -> list[QueueState]:
        """Return the consumers' queues, each with its retry and dead-letter queues counted in.

        Raises:
            BrokerAway: no answer.
        """
        try:
            response = await self._http.get(f"/api/queues/{self._vhost}", params={"columns": _COLUMNS})
            response.raise_for_status()
        except httpx.HTTPError as error:
            raise BrokerAway(say("broker_away")) from error
        return grouped(response.json())

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()


def grouped(found: Iterable[dict[str, Any]]) -> list[QueueState]:
    """Return the consumers' queues, those that last first."""
    queues = {queue["name"]: queue for queue in found}
    helpers = {f"{name}{suffix}" for name in queues for suffix in (DEAD, *_RETRIES)}

    def count(name: str, *members: str) -> int:
        return sum(int(queues.get(name, {}).get(member) or 0) for member in members)

    states = [
        QueueState(
            name=name,
            consumers=count(name, "consumers"),
            ready=count(name, "messages_ready"),
            in_work=count(name, "messages_unacknowledged"),
            retrying=sum(count(name + retry, "messages_ready", "messages_unacknowledged") for retry in _RETRIES),
            dead=count(name + DEAD, "messages_ready", "messages_unacknowledged") if name + DEAD in queues else None,
            lasting="x-expires" not in (queue.get("arguments") or {}),
        )
        for name, queue in queues.items()
        if name not in helpers
    ]
    return sorted(states, key=lambda state: (not state.lasting, state.name))
