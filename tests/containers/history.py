"""What a citizen and an official leave behind, and the question whether it is all still there."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

import httpx
from e2e_support import TENANT, Booking, Platform, Visitor, until

# The smallest thing that is a PNG by its first bytes, and different each time.
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass
class History:
    """One appointment, one complaint with a picture, one conversation, one login."""

    platform: Platform
    visitor: Visitor
    rut: str
    appointment: str
    folio: str
    picture: str
    picture_bytes: bytes
    said: list[dict[str, Any]]
    official: httpx.Client

    @classmethod
    def make(cls, platform: Platform) -> History:
        """Book in the chat, complain with a picture, log in."""
        visitor = Visitor(platform.base_url)
        booking = Booking(visitor)
        booking.finish(booking.start(visitor.say), visitor.say)
        content = _PNG + secrets.token_bytes(20_000)
        picture = _upload(visitor.http, content)
        folio = _complain(visitor.http, booking.rut, picture)
        official = platform.login(TENANT, "agente")
        items = _appointments(official, booking.rut)
        assert len(items) == 1
        return cls(platform, visitor, booking.rut, items[0]["id"], folio, picture, content, visitor.history(), official)

    def check(self) -> None:
        """Fail unless everything is there, once, and the chat goes on where it was."""
        items = _appointments(self.official, self.rut)
        assert [item["id"] for item in items] == [self.appointment]
        complaint = _get(self.official, f"/api/complaints/v1/complaints/{self.folio}")
        assert [link["id"] for link in complaint["attachments"]] == [self.picture]
        ticket = _get(self.official, f"/api/complaints/v1/attachments/{self.picture}")
        assert httpx.get(ticket["url"], timeout=60).content == self.picture_bytes
        before = [(item["seq"], item["id"], item["text"]) for item in self.said]
        answer = self.visitor.insist("¿qué horario tienen?")
        assert any(item["sender_type"] == "bot" for item in answer)
        now = self.visitor.history()
        assert [(item["seq"], item["id"], item["text"]) for item in now[: len(before)]] == before
        assert [item["seq"] for item in now] == sorted({item["seq"] for item in now})
        self.said = now
        assert _get(self.official, "/api/conversations/v1/auth/me")["tenant"] == TENANT

    def log_in_again(self) -> None:
        """Come back as the same citizen and the same official, with new tokens."""
        key, conversation = self.visitor.session_key, self.visitor.conversation_id
        self.visitor = Visitor(self.platform.base_url, session_key=key)
        assert self.visitor.conversation_id == conversation, "the same browser is in the same conversation"
        self.official = self.platform.login(TENANT, "agente")


def _upload(client: httpx.Client, content: bytes) -> str:
    body = {"filename": "poste.png", "content_type": "image/png", "size": len(content)}
    announced = client.post("/api/complaints/v1/attachments", json=body)
    assert announced.status_code == 201, announced.text
    ticket = announced.json()
    sent = httpx.put(ticket["upload_url"], content=content, headers=ticket["headers"], timeout=60)
    assert sent.is_success, sent.text
    done = client.post(f"/api/complaints/v1/attachments/{ticket['id']}/complete")
    assert done.status_code == 200, done.text
    return str(ticket["id"])


def _complain(client: httpx.Client, rut: str, picture: str) -> str:
    leaf = _get(client, "/api/complaints/v1/categories")["items"][0]
    body = {
        "category": (leaf.get("children") or [leaf])[0]["code"],
        "description": "El poste de la esquina está apagado",
        "place": {"address": "Calle Quillay 310"},
        "citizen": {"rut": rut, "name": "Marcela Soto", "phone": "+56987654321"},
        "channel": "web",
        "attachment_ids": [picture],
    }
    created = client.post("/api/complaints/v1/complaints", json=body)
    assert created.status_code == 201, created.text
    return str(created.json()["folio"])


def _appointments(client: httpx.Client, rut: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = _get(client, "/api/scheduler/v1/appointments", rut=rut, live=True)["items"]
    return items


def _get(client: httpx.Client, path: str, **params: Any) -> Any:
    """Read, waiting while the platform comes back."""

    def ask() -> httpx.Response | None:
        try:
            answer = client.get(path, params=params)
        except httpx.TransportError:
            return None
        return answer if answer.status_code not in {502, 503, 504} else None

    answer = until(ask, f"an answer of {path}")
    assert answer.status_code == 200, f"{path}: {answer.text}"
    return answer.json()
