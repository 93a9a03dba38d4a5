"""A citizen on WhatsApp: a phone of the simulator, which speaks to the platform as Meta does."""

from __future__ import annotations

import random
import struct
import time
import zlib
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from dialogue_support import Office

ANSWER_SECONDS = 60
"""A turn takes the two seconds in which more may be written, and what the bot takes."""
SHORT_POLL = 0.3
HUB = "/api/conversations/v1"


def picture() -> bytes:
    """Return a small PNG unlike any other."""
    rows = b"".join(b"\0" + random.randbytes(3 * 8) for _ in range(8))
    parts = ((b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    chunks = (
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


class Phone:
    """One phone that writes to one office. What it shows is what the tests judge; the hub says when a turn is over."""

    def __init__(self, base_url: str, office: Office) -> None:
        self._office = office
        self._client = httpx.Client(base_url=f"{base_url}/simulator/api", timeout=60)
        accounts = self._client.get("/accounts")
        if accounts.status_code == 404:
            pytest.skip("the platform runs without the WhatsApp simulator")
        assert accounts.status_code == 200, accounts.text
        self._account = next(a["slug"] for a in accounts.json()["items"] if a["tenant"] == office.tenant)
        self.number = f"569{random.SystemRandom().randint(10_000_000, 99_999_999)}"
        self._client.put(f"/phones/{self.number}", json={"name": "Vecina de prueba"}).raise_for_status()
        self._known_seq = self._position = 0
        self._offered: dict[str, str] = {}
        self.conversation_id = ""

    def say(self, text: str, payload: str | None = None, key: str | None = None) -> list[dict[str, Any]]:
        """Write, or press what an earlier bubble offers, and return the bubbles that come.

        Args:
            text: the words.
            payload: of the button that is pressed.
            key: not used: WhatsApp gives a message its id.
        """
        del key
        if payload is None:
            return self._send({"type": "text", "text": text})
        return self._send({"type": "choice", "message_id": self._offered[payload], "choice_id": payload})

    def send_location(self, location: dict[str, Any]) -> list[dict[str, Any]]:
        """Send a point and return the bubbles that come."""
        return self._send({"type": "location", "location": location})

    def send_picture(self, caption: str) -> list[dict[str, Any]]:
        """Send a picture and return the bubbles that come."""
        form = {"account": self._account, "kind": "image", "caption": caption}
        files = {"file": ("foto.png", picture(), "image/png")}
        return self._answers(self._client.post(f"/phones/{self.number}/files", data=form, files=files))

    def receive(self) -> list[dict[str, Any]]:
        """Wait for what the office sends by itself, on the phone and in the conversation, and return it."""
        deadline = time.monotonic() + ANSWER_SECONDS
        while True:
            shown = self._shown_after(self._position)
            kept = {m["text"] for m in self._messages() if m["sender_type"] == "system"}
            if shown and shown[-1]["text"] in kept:
                return self._bubbles(shown)
            assert time.monotonic() < deadline, f"the office sent {len(shown)} messages; the conversation has {kept}"
            time.sleep(SHORT_POLL)

    def _send(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        return self._answers(
            self._client.post(f"/phones/{self.number}/messages", json=body | {"account": self._account})
        )

    def _answers(self, sent: httpx.Response) -> list[dict[str, Any]]:
        """Wait for the end of the turn, and for all of it on the phone."""
        assert sent.status_code == 201, f"{sent.status_code} {sent.text}"
        deadline = time.monotonic() + ANSWER_SECONDS
        expected = len(self._replies(deadline))
        while True:
            shown = self._shown_after(sent.json()["position"])
            if len(shown) >= expected:
                return self._bubbles(shown)
            assert time.monotonic() < deadline, f"{len(shown)} of {expected} bubbles on the phone"
            time.sleep(SHORT_POLL)

    def _replies(self, deadline: float) -> list[dict[str, Any]]:
        while True:
            written = [m for m in self._messages() if m["direction"] == "in" and m["seq"] > self._known_seq]
            if written:
                state = self._office.get(f"{HUB}/messages/{written[-1]['id']}")
                if state["status"] != "pending" and state["outcome"] != "joined":
                    self._known_seq = written[-1]["seq"]
                    replies: list[dict[str, Any]] = state["replies"]
                    return replies
            assert time.monotonic() < deadline, "no answer"
            time.sleep(SHORT_POLL)

    def _messages(self) -> list[dict[str, Any]]:
        if not self.conversation_id:
            found = self._office.get(f"{HUB}/conversations", q=self.number, channel="whatsapp")["items"]
            if not found:
                return []
            self.conversation_id = found[0]["id"]
        items: list[dict[str, Any]] = self._office.get(
            f"{HUB}/conversations/{self.conversation_id}/messages", after_seq=self._known_seq
        )["items"]
        return items

    def _shown_after(self, position: int) -> list[dict[str, Any]]:
        entries = self._client.get(f"/phones/{self.number}/messages").json()["messages"]
        shown = [e for e in entries if e["author"] == "office" and e["position"] > position]
        return sorted(shown, key=lambda entry: entry["position"])

    def _bubbles(self, shown: list[dict[str, Any]]) -> list[dict[str, Any]]:
        self._position = max([self._position, *(entry["position"] for entry in shown)])
        return [self._bubble(entry) for entry in shown]

    def _bubble(self, entry: dict[str, Any]) -> dict[str, Any]:
        rows = [row for section in (entry["options"] or {"sections": []})["sections"] for row in section["rows"]]
        offered = [*entry["buttons"], *rows]
        buttons = [{"title": option["description"] or option["title"], "payload": option["id"]} for option in offered]
        self._offered |= {button["payload"]: entry["id"] for button in buttons}
        return {"id": entry["id"], "text": entry["text"], "buttons": buttons}
