"""RabbitMQ: its definitions. Messages on their way are not saved: what was not handed over yet is in an outbox."""

import json
from collections.abc import Iterable
from typing import Any

import httpx

from munbot_datalake.backup.manifest import Broker, Part
from munbot_datalake.backup.problems import BackupError
from munbot_datalake.backup.targets import Target

__all__ = ["RabbitMQ"]

_PART = "rabbitmq/definitions.json"
_LEFT_OUT = ("users", "permissions", "topic_permissions", "global_parameters", "rabbit_version", "rabbitmq_version")
"""Users come from the secrets at each start, the rest is the server's own."""


class RabbitMQ:
    """The broker's management API."""

    def __init__(self, url: str, password: str) -> None:
        self._http = httpx.Client(base_url=url, auth=("munbot", password), timeout=30)

    def save(self, target: Target, folder: str) -> tuple[Broker, Part]:
        """Save what exchanges, queues, bindings and policies there are."""
        definitions = self._ask("GET", "/api/definitions")
        queues = self._ask("GET", "/api/queues")
        ours = {key: value for key, value in definitions.items() if key not in _LEFT_OUT}
        part = target.put(f"{folder}/{_PART}", [json.dumps(ours, indent=1, sort_keys=True).encode()])
        waiting = sum(int(queue.get("messages") or 0) for queue in queues)
        return Broker(part=_PART, queues=len(definitions.get("queues") or ()), waiting=waiting), part

    def restore(self, chunks: Iterable[bytes]) -> int:
        """Make what is missing, so that no event comes before the queue that waits for it; returns how many queues."""
        definitions = json.loads(b"".join(chunks))
        self._ask("POST", "/api/definitions", json=definitions)
        return len(self._ask("GET", "/api/definitions").get("queues") or ())

    def _ask(self, method: str, path: str, **arguments: Any) -> Any:
        try:
            answer = self._http.request(method, path, **arguments)
        except httpx.HTTPError as error:
            raise BackupError(f"the broker's management does not answer ({type(error).__name__})") from error
        if answer.is_error:
            raise BackupError(f"the broker's management answers {answer.status_code}")
        return answer.json() if answer.content else {}
