"""Rasa's REST channel and trackers, over HTTP.

RasaError
├── RasaAway            no answer, or one that may come later; `reason` says which
│   └── RasaMisplaced   the address or the permission is wrong
└── RasaRefused         this message will never get an answer
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote
from uuid import UUID

import httpx
from munbot_common.client import CORRELATION_HEADER
from munbot_common.logs import correlation_id

from munbot_conversations.turns.rules import InvalidReply, Reply, parse_replies, replies_in_tracker

Reason = Literal["unreachable", "timeout", "failed"]
RETRIED_STATUS = frozenset({408, 425, 429})
MISPLACED_STATUS = frozenset({401, 403, 404, 405})
"""Answers about our set-up, not about the message: they must not cost a citizen an answer."""


class RasaError(Exception):
    """Rasa gave no replies."""


class RasaAway(RasaError):
    """Rasa cannot answer now."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


class RasaMisplaced(RasaAway):
    """The server does not have, or does not give us, what we ask for."""

    def __init__(self) -> None:
        super().__init__("failed")


class RasaRefused(RasaError):
    """Rasa does not accept this message, or answers it with nonsense."""


class RasaClient:
    """Talks to one Rasa server from any thread.

    Args:
        base_url: its address.
        timeout: seconds for one turn.
        transport: for tests.
    """

    def __init__(self, base_url: str, *, timeout: float, transport: httpx.BaseTransport | None = None) -> None:
        limits = httpx.Limits(max_connections=64, max_keepalive_connections=32, keepalive_expiry=60)
        self._http = httpx.Client(
            base_url=base_url,
            timeout=httpx.Timeout(timeout, connect=2.0),
            limits=limits,
            transport=transport,
        )

    def ask(self, *, sender: str, message: str, metadata: dict[str, Any]) -> Sequence[Reply]:
        """Return the bot's replies to a message.

        Raises:
            RasaAway: no connection, no answer in time, or 5xx.
            RasaRefused: 4xx, or an answer that is no list of responses.
        """
        response = self._send(
            "POST",
            "/webhooks/rest/webhook",
            json={"sender": sender, "message": message, "metadata": metadata},
        )
        try:
            return parse_replies(response.json())
        except (ValueError, InvalidReply) as error:
            raise RasaRefused(str(error)) from error

    def earlier_replies(self, *, sender: str, message_id: str) -> list[Reply] | None:
        """Return what the bot said to a message that may have been asked before; None when it never arrived.

        Raises:
            RasaAway: no tracker to be had now.
        """
        try:
            response = self._send(
                "GET", f"/conversations/{quote(sender, safe='')}/tracker", params={"include_events": "ALL"}
            )
            events = response.json()["events"]
        except (RasaRefused, RasaMisplaced):
            return None
        except (ValueError, KeyError, TypeError) as error:
            raise RasaAway("failed") from error
        return replies_in_tracker(events if isinstance(events, list) else [], message_id)

    def trackers(
        self, conversations: Sequence[UUID], *, forget: bool = False, forget_before: datetime | None = None
    ) -> int:
        """Count the events that Rasa keeps of conversations, or delete them for good; returns how many.

        Args:
            conversations: whose.
            forget: delete these.
            forget_before: delete those too, of any conversation, in which nothing has happened since then.

        Raises:
            RasaAway, RasaRefused: it cannot be done now.
        """
        wish: dict[str, Any] = {"conversations": [str(one) for one in conversations], "forget": forget}
        if forget_before is not None:
            wish["forget_before"] = forget_before.timestamp()
        response = self._send("POST", "/webhooks/rest/trackers", json=wish)
        try:
            return int(response.json()["events"])
        except (ValueError, KeyError, TypeError) as error:
            raise RasaAway("failed") from error

    def is_ready(self) -> bool:
        """Tell whether Rasa answers and has a model: its /status answers 409 without one."""
        try:
            status = self._http.get("/status", timeout=2.0).status_code
        except httpx.HTTPError:
            return False
        return status < 400 or status in MISPLACED_STATUS

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {CORRELATION_HEADER: value} if (value := correlation_id.get()) else {}
        try:
            response = self._http.request(method, path, headers=headers, **options)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise RasaAway("unreachable") from error
        except httpx.TimeoutException as error:
            raise RasaAway("timeout") from error
        except httpx.HTTPError as error:
            # The connection broke after the request may have arrived: the tracker knows.
            raise RasaAway("failed") from error
        if response.is_server_error or response.status_code in RETRIED_STATUS:
            raise RasaAway("failed")
        if response.status_code in MISPLACED_STATUS:
            raise RasaMisplaced
        if response.is_error:
            msg = f"status {response.status_code}"
            raise RasaRefused(msg)
        return response
