"""Rasa 3.6's action-server protocol: what it sends, and what it wants back.

Source: https://rasa.com/docs/action-server/ (request `next_action, sender_id, tracker, domain, version`; answer
`events, responses`; a declined action is 400 with `error, action_name`).
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from munbot_common.chile import normalise_phone

DEFAULT_ZONE = ZoneInfo("America/Santiago")
ASK = "ask:"
"""Begins a button's `choice` that asks the rest of it as a question."""
_SESSION = re.compile(r"\.(\d+)$")


class ActionRejectedError(Exception):
    """The action cannot run now; Rasa's policies may choose another."""


@dataclass(frozen=True)
class Said:
    """A message of the conversation so far."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True)
class SharedFile:
    """A file that came with a message, where its channel has stored it."""

    key: str
    content_type: str = ""
    filename: str = ""

    @property
    def is_photo(self) -> bool:
        """Tell whether it is a picture."""
        return self.content_type.startswith("image/")


@dataclass(frozen=True)
class SharedPoint:
    """A point on the map that came with a message, and what it is called."""

    latitude: float
    longitude: float
    words: str = ""


@dataclass(frozen=True)
class Turn:
    """One message of a citizen, as the action server sees it.

    `now` is the time of the message itself, not of the machine: a message that waited in a queue means the day it
    was written on. `previous_at` is the time of the citizen's message before it.
    """

    action: str
    sender: str
    text: str
    intent: str
    now: datetime
    confidence: float = 1.0
    guess: str = ""
    entities: dict[str, Any] = field(default_factory=dict)
    pressed: bool = False
    message_id: str = ""
    tenant: str = ""
    channel: str = "web"
    conversation_id: str | None = None
    zone: tzinfo = DEFAULT_ZONE
    slots: dict[str, Any] = field(default_factory=dict)
    active_loop: str | None = None
    previous_at: datetime | None = None
    session: int = 1
    history: tuple[Said, ...] = ()
    file: SharedFile | None = None
    point: SharedPoint | None = None
    phone: str | None = None
    office_asks: dict[str, str] = field(default_factory=dict)
    """Titles and payloads under what the office wrote last, when this may be the answer to it."""

    @property
    def local_now(self) -> datetime:
        """Give the time of the message on the tenant's clock."""
        return self.now.astimezone(self.zone)


def read_turn(body: dict[str, Any], *, default_tenant: str | None = None) -> Turn:
    """Read Rasa's request.

    Raises:
        ActionRejectedError: there is no message of a citizen to act on.
    """
    tracker = body.get("tracker") or {}
    said = [event for event in tracker.get("events") or [] if event.get("event") == "user"]
    latest = said[-1] if said else None
    if latest is None:
        raise ActionRejectedError("no message to act on")
    parsed = latest.get("parse_data") or tracker.get("latest_message") or {}
    metadata = _metadata(said)
    sender = str(body.get("sender_id") or tracker.get("sender_id") or "")
    session = _SESSION.search(sender)
    text = str(latest.get("text") or parsed.get("text") or "")
    intent = parsed.get("intent") or {}
    return Turn(
        action=str(body.get("next_action") or ""),
        sender=sender,
        text=text,
        intent=str(intent.get("name") or ""),
        confidence=float(intent.get("confidence") or 0.0),
        guess=_guess(parsed),
        entities={item["entity"]: item.get("value") for item in parsed.get("entities") or [] if "entity" in item},
        pressed=text.startswith("/"),
        now=_time(latest),
        message_id=str(metadata.get("message_id") or latest.get("message_id") or ""),
        tenant=str(metadata.get("tenant") or default_tenant or ""),
        channel=str(metadata.get("channel") or "web"),
        conversation_id=metadata.get("conversation_id") or _SESSION.sub("", sender) or None,
        zone=_zone(metadata.get("timezone")),
        slots=dict(tracker.get("slots") or {}),
        active_loop=(tracker.get("active_loop") or {}).get("name"),
        previous_at=_time(said[-2]) if len(said) > 1 else None,
        session=int(session.group(1)) if session else 1,
        history=_history(tracker.get("events") or []),
        file=_file(metadata.get("media")),
        point=_point(metadata.get("location")),
        phone=_phone(metadata.get("phone")),
        office_asks=_offered(metadata.get("office_asks")),
    )


def answer(slots: dict[str, Any], loop: str | None, responses: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Give Rasa's answer: changed slots, the form that is open now, the bubbles; then wait for the citizen.

    The follow-up tells Rasa to listen. Without it, it would run a form that this turn has just opened once more.
    """
    events: list[dict[str, Any]] = [{"event": "active_loop", "timestamp": None, "name": loop}]
    events += [{"event": "slot", "timestamp": None, "name": name, "value": value} for name, value in slots.items()]
    events.append({"event": "followup", "timestamp": None, "name": "action_listen"})
    return {"events": events, "responses": list(responses)}


def _metadata(said: list[dict[str, Any]]) -> dict[str, Any]:
    own = said[-1].get("metadata") or {}
    if own.get("tenant"):
        return dict(own)
    earlier: dict[str, Any] = next(
        (e["metadata"] for e in reversed(said) if (e.get("metadata") or {}).get("tenant")), {}
    )
    lasting = {k: v for k, v in earlier.items() if k in {"tenant", "timezone", "conversation_id", "channel"}}
    return {**lasting, **own}


def _file(media: Any) -> SharedFile | None:
    """Read the file that came; a voice note is none, as its words are the message."""
    if not isinstance(media, dict) or not media.get("key"):
        return None
    content_type = str(media.get("content_type") or "")
    if content_type.startswith("audio/"):
        return None
    return SharedFile(str(media["key"]), content_type, str(media.get("filename") or ""))


def _offered(buttons: Any) -> dict[str, str]:
    known = [button for button in buttons if isinstance(button, dict)] if isinstance(buttons, list) else []
    return {str(b["title"]): str(b["payload"]) for b in known if "title" in b and "payload" in b}


def _phone(number: Any) -> str | None:
    """Read the number that somebody writes from; one that the services would refuse is none."""
    try:
        return normalise_phone(str(number)) if number else None
    except ValueError:
        return None


def _point(location: Any) -> SharedPoint | None:
    try:
        words = ", ".join(str(location[name]) for name in ("name", "address") if location.get(name))
        return SharedPoint(float(location["latitude"]), float(location["longitude"]), words)
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def _history(events: list[dict[str, Any]]) -> tuple[Said, ...]:
    """Give what was said before the last message, oldest first; a pressed button says the question it stood for."""
    said: list[Said] = []
    for event in events:
        text = str(event.get("text") or "").strip()
        if event.get("event") == "user":
            said.append(Said("user", asked_by_button(text) if text.startswith("/") else text))
        elif event.get("event") == "bot":
            said.append(Said("assistant", text))
    latest = max((place for place, item in enumerate(said) if item.role == "user"), default=0)
    return tuple(item for item in said[:latest] if item.text)


def ask_payload(question: str) -> str:
    """Write the payload of a button that asks a question."""
    choice = json.dumps({"choice": f"{ASK}{question}"}, ensure_ascii=False, separators=(",", ":"))
    return f"/ask_question{choice}"


def asked_by_button(payload: str) -> str:
    """Return the question that a button asks; empty for other buttons."""
    try:
        choice = json.loads(payload[payload.index("{") :])["choice"]
    except (ValueError, KeyError, TypeError):
        return ""
    return choice.removeprefix(ASK) if isinstance(choice, str) and choice.startswith(ASK) else ""


def _time(event: dict[str, Any]) -> datetime:
    stamp = event.get("timestamp")
    return datetime.fromtimestamp(float(stamp), UTC) if stamp else datetime.now(UTC)


def _zone(name: Any) -> ZoneInfo:
    try:
        return ZoneInfo(str(name)) if name else DEFAULT_ZONE
    except (ZoneInfoNotFoundError, ValueError):
        return DEFAULT_ZONE


def _guess(parsed: dict[str, Any]) -> str:
    """Give the likeliest intent when the classifier itself was not sure enough to say so."""
    ranking = parsed.get("intent_ranking") or []
    names = [str(item.get("name")) for item in ranking if item.get("name") != "nlu_fallback"]
    return names[0] if names else ""
