"""What a message of the Cloud API carries; YCloud passes it on as it is."""

from collections.abc import Callable
from typing import Any

from munbot_contracts.messages import MessageKind

from munbot_whatsapp.providers import reading
from munbot_whatsapp.providers.base import MediaRef

DROPPED = frozenset({"system", "request_welcome", "ephemeral"})
"""Kinds that are no words of a citizen: a number that changed, an opened chat."""

Fields = dict[str, Any]
"""Arguments of `Inbound`."""

_PAYLOAD = 1_000


def content_of(message: dict[str, Any]) -> Fields | None:
    """Return what a message says as arguments of `Inbound`; None when it says nothing that can be read."""
    kind = reading.text(message.get("type"), 40)
    reader = _READERS.get(kind)
    if reader is None:
        return {
            "kind": MessageKind.UNSUPPORTED,
            "unsupported": _name_of(kind, message),
            "text": _caption(message, kind),
        }
    fields = reader(reading.section(message, kind))
    if fields is not None:
        fields.setdefault("reply_to", reading.identifier(reading.section(message, "context").get("id")))
    return fields


def _name_of(kind: str, message: dict[str, Any]) -> str:
    if kind != "unsupported":
        return kind or "unknown"
    errors = reading.sections(message.get("errors"))
    return reading.identifier(errors[0].get("code"), 20) or kind if errors else kind


def _caption(message: dict[str, Any], kind: str) -> str:
    return reading.text(reading.section(message, kind).get("caption"))


def _text(part: dict[str, Any]) -> Fields | None:
    body = reading.text(part.get("body"))
    return {"kind": MessageKind.TEXT, "text": body} if body.strip() else None


def _file(kind: MessageKind) -> Callable[[dict[str, Any]], Fields | None]:
    def read(part: dict[str, Any]) -> Fields | None:
        ref = reading.identifier(part.get("id"))
        if ref is None:
            return None
        media = MediaRef(
            ref=ref,
            url=reading.identifier(part.get("url"), 2_000) or reading.identifier(part.get("link"), 2_000),
            content_type=reading.some_text(part.get("mime_type"), 100),
            voice=part.get("voice") is True,
            sha256=reading.identifier(part.get("sha256"), 100),
            size=reading.whole(part.get("file_size")),
            filename=reading.some_text(part.get("filename")),
        )
        return {"kind": kind, "media": media, "text": reading.text(part.get("caption"))}

    return read


def _location(part: dict[str, Any]) -> Fields | None:
    point = reading.location(part.get("latitude"), part.get("longitude"), part.get("name"), part.get("address"))
    return None if point is None else {"kind": MessageKind.LOCATION, "location": point}


def _interactive(part: dict[str, Any]) -> Fields | None:
    kind = reading.text(part.get("type"), 40)
    if kind not in {"button_reply", "list_reply"}:
        return {"kind": MessageKind.UNSUPPORTED, "unsupported": kind or "interactive"}
    chosen = reading.section(part, kind)
    return choice(chosen.get("id"), chosen.get("title"))


def _button(part: dict[str, Any]) -> Fields | None:
    return choice(part.get("payload"), part.get("text"))


def _reaction(part: dict[str, Any]) -> Fields | None:
    answered = reading.identifier(part.get("message_id"))
    if answered is None:
        return None
    return {"kind": MessageKind.REACTION, "text": reading.text(part.get("emoji"), 40), "reply_to": answered}


def choice(chosen: Any, title: Any) -> Fields | None:
    """Return the press of a button or the choice of a row; words alone when its id is not there."""
    chosen_id, words = reading.some_text(chosen, _PAYLOAD), reading.text(title, _PAYLOAD)
    if chosen_id is not None:
        return {"kind": MessageKind.BUTTON, "choice_id": chosen_id, "text": words}
    return {"kind": MessageKind.TEXT, "text": words} if words.strip() else None


_READERS: dict[str, Callable[[dict[str, Any]], Fields | None]] = {
    "text": _text,
    "image": _file(MessageKind.IMAGE),
    "document": _file(MessageKind.DOCUMENT),
    "audio": _file(MessageKind.AUDIO),
    "location": _location,
    "interactive": _interactive,
    "button": _button,
    "reaction": _reaction,
}
