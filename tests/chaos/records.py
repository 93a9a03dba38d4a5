"""Reads what was stored and shown: the hub's and the bridge's tables, the telephones, RabbitMQ."""

from __future__ import annotations

import os
import re
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx
from citizens import SHORT
from judgement import Part, Shown, Stored, Written
from sqlalchemy import Row, create_engine, text

STUCK_SECONDS = 150.0
LOOK_SECONDS = 5.0

_STORED = """
SELECT m.id::text, c.address AS phone, m.conversation_id::text AS conversation, m.seq, m.sender_type AS sender, m.text,
       m.provider_message_id AS wamid, m.outcome, m.joined_into::text, m.in_reply_to::text, m.turn_index AS index,
       m.turn_count AS count, m.delivery_status AS delivery
FROM messages m JOIN conversations c ON c.id = m.conversation_id
WHERE c.channel = 'whatsapp' AND (c.address = ANY(:phones) OR m.provider_message_id = ANY(:wamids))
"""
_OPEN = """
SELECT count(*) FILTER (WHERE m.direction = 'in') AS stored,
       count(*) FILTER (WHERE m.state = 'pending') AS pending,
       count(*) FILTER (WHERE m.direction = 'out' AND coalesce(m.delivery_status, '') NOT IN
                        ('delivered', 'read', 'failed')) AS undelivered
FROM messages m JOIN conversations c ON c.id = m.conversation_id
WHERE c.channel = 'whatsapp' AND c.address = ANY(:phones)
"""
_PARTS = """
SELECT id::text || coalesce('.' || nullif(body->>'generation', '0'), '') AS reference, delivery_id::text AS message,
       number
FROM parts WHERE address = ANY(:phones)
"""


class Records:
    """What the run left behind.

    Args:
        simulator: its address.
        phones: of the citizens.
    """

    def __init__(self, simulator: str, phones: Sequence[str]) -> None:
        self._simulator = httpx.Client(base_url=simulator, timeout=60, limits=SHORT)
        self._phones = list(phones)
        self._hub = create_engine(_database("conversations"))
        self._bridge = create_engine(_database("whatsapp"))

    def wait_for_rest(self, written: int) -> str:
        """Wait until all is answered and told; returns what is still open when nothing has moved for long."""
        before: tuple[object, ...] = ()
        moved = time.monotonic()
        while True:
            with self._hub.connect() as connection:
                stored, pending, undelivered = connection.execute(text(_OPEN), {"phones": self._phones}).one()
            now = (stored, pending, undelivered, self.webhooks())
            rested = stored >= written and not pending and not undelivered
            if now != before:
                before, moved = now, time.monotonic()
            elif rested:  # and no webhook was posted since the last look
                return ""
            elif time.monotonic() - moved > STUCK_SECONDS:
                return f"{written - stored} not stored, {pending} not answered, {undelivered} not delivered"
            time.sleep(LOOK_SECONDS)

    def webhooks(self) -> Counter[str]:
        """Return how many webhooks the simulator posted, by the platform's answer."""
        found = re.findall(
            r'^munbot_simulator_webhooks_total\{answer="([^"]+)"\} (\S+)$',
            self._simulator.get("/metrics").text,
            re.MULTILINE,
        )
        return Counter({answer: int(float(count)) for answer, count in found})

    def stored(self, written: Sequence[Written]) -> list[Stored]:
        """Return all rows of the citizens' conversations, and any others of their messages."""
        query = {"phones": self._phones, "wamids": [message.wamid for message in written]}
        with self._hub.connect() as connection:
            return [Stored(**_fields(row)) for row in connection.execute(text(_STORED), query)]

    def parts(self) -> list[Part]:
        """Return what the bridge made of the hub's bubbles."""
        with self._bridge.connect() as connection:
            return [Part(**_fields(row)) for row in connection.execute(text(_PARTS), {"phones": self._phones})]

    def shown(self) -> list[Shown]:
        """Return what of the offices is on the telephones."""
        return [
            Shown(phone, entry["position"], entry["reference"], entry["text"])
            for phone in self._phones
            for entry in self._simulator.get(f"/simulator/api/phones/{phone}/messages").json()["messages"]
            if entry["author"] == "office"
        ]

    @staticmethod
    def set_aside() -> list[str]:
        """Return the queues of dead letters that are not empty."""
        answer = httpx.get(f"{os.environ['MUNBOT_TEST_RABBITMQ_API']}/api/queues", timeout=60)
        answer.raise_for_status()
        found = ((queue["name"], queue.get("messages", 0)) for queue in answer.json())
        return [f"{name}: {count}" for name, count in found if name.endswith(".dead") and count]


def _fields(row: Row[Any]) -> dict[str, Any]:
    return dict(row._mapping)


def _database(name: str) -> str:
    return urlunsplit(urlsplit(os.environ["MUNBOT_TEST_POSTGRES_URL"])._replace(path=f"/{name}"))
