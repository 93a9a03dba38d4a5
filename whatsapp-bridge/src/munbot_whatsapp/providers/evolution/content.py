"""What a message of Baileys carries. Only one key of `message` says it; `messageType` is not always the same word."""

import json
from collections.abc import Callable
from typing import Any

from munbot_contracts.messages import MessageKind

from munbot_whatsapp.providers import reading
from munbot_whatsapp.providers.base import MediaRef
from munbot_whatsapp.providers.meta.content import Fields, choice

_WRAPPERS = (
    "ephemeralMessage",
    "viewOnceMessage",
    "viewOnceMessageV2",
    "viewOnceMessageV2Extension",
    "documentWithCaptionMessage",
)
_SYSTEM = frozenset(
    {"protocolMessage", "senderKeyDistributionMessage", "editedMessage", "pollUpdateMessage", "keepInChatMessage"}
)
_ASIDE = frozenset({"messageContextInfo", "senderKeyDistributionMessage", "base64", "mediaUrl", "speechToText"})


def content_of(data: dict[str, Any], message_id: str) -> Fields | str:
    """Return what a message says as arguments of `Inbound`, or the reason why it is left out.

    Args:
        data: Evolution's `messageRaw`.
        message_id: by which Evolution gives a file.
    """
    message = _unwrapped(reading.section(data, "message"))
    for key, reader in _READERS.items():
        if message.get(key) is not None:
            fields = reader(message[key], message_id)
            if fields is None:
                return "malformed"
            if (answered := _answered(data, message[key])) is not None:
                fields.setdefault("reply_to", answered)
            return fields
    kinds = [key for key in message if isinstance(message[key], dict) and key not in _ASIDE]
    if any(key in _SYSTEM for key in message):
        return "system"
    if not kinds:
        return "malformed"
    name = reading.identifier(kinds[0].removesuffix("Message"), 40) or "unknown"
    caption = reading.text(message[kinds[0]].get("caption"))
    return {"kind": MessageKind.UNSUPPORTED, "unsupported": name, "text": caption}


def _unwrapped(message: dict[str, Any]) -> dict[str, Any]:
    for _ in _WRAPPERS:
        inner = next((found for key in _WRAPPERS if (found := reading.section(message, key, "message"))), None)
        if inner is None:
            break
        message = inner
    return message


def _answered(data: dict[str, Any], part: Any) -> str | None:
    for place in (reading.section(data, "contextInfo"), reading.section(part, "contextInfo")):
        if (found := reading.identifier(place.get("stanzaId"))) is not None:
            return found
    return None


def _words(part: Any, _id: str) -> Fields | None:
    words = reading.text(part.get("text") if isinstance(part, dict) else part)
    return {"kind": MessageKind.TEXT, "text": words} if words.strip() else None


def _file(kind: MessageKind) -> Callable[[Any, str], Fields | None]:
    def read(part: Any, message_id: str) -> Fields:
        about = reading.section(part)
        media = MediaRef(
            ref=message_id,
            content_type=reading.some_text(about.get("mimetype"), 100),
            voice=about.get("ptt") is True,
            size=reading.whole(about.get("fileLength")),
            filename=reading.some_text(about.get("fileName")),
            seconds=reading.whole(about.get("seconds")),
        )
        return {"kind": kind, "media": media, "text": reading.text(about.get("caption"))}

    return read


def _location(part: Any, _id: str) -> Fields | None:
    about = reading.section(part)
    point = reading.location(
        about.get("degreesLatitude"), about.get("degreesLongitude"), about.get("name"), about.get("address")
    )
    return None if point is None else {"kind": MessageKind.LOCATION, "location": point}


def _row(part: Any, _id: str) -> Fields | None:
    about = reading.section(part)
    return choice(reading.section(about, "singleSelectReply").get("selectedRowId"), about.get("title"))


def _button(part: Any, _id: str) -> Fields | None:
    about = reading.section(part)
    return choice(about.get("selectedButtonId") or about.get("selectedId"), about.get("selectedDisplayText"))


def _interactive(part: Any, _id: str) -> Fields | None:
    given = reading.section(part, "nativeFlowResponseMessage").get("paramsJson")
    try:
        parameters = json.loads(given) if isinstance(given, str) else {}
    except (ValueError, RecursionError):
        parameters = {}
    words = reading.section(part, "body").get("text")
    chosen = reading.section(parameters).get("id")
    if (found := choice(chosen, words)) is None:
        return {"kind": MessageKind.UNSUPPORTED, "unsupported": "interactiveResponse"}
    return found


def _reaction(part: Any, _id: str) -> Fields | None:
    answered = reading.identifier(reading.section(part, "key").get("id"))
    if answered is None:
        return None
    return {"kind": MessageKind.REACTION, "text": reading.text(part.get("text"), 40), "reply_to": answered}


_READERS: dict[str, Callable[[Any, str], Fields | None]] = {
    "conversation": _words,
    "extendedTextMessage": _words,
    "imageMessage": _file(MessageKind.IMAGE),
    "documentMessage": _file(MessageKind.DOCUMENT),
    "audioMessage": _file(MessageKind.AUDIO),
    "locationMessage": _location,
    "listResponseMessage": _row,
    "buttonsResponseMessage": _button,
    "templateButtonReplyMessage": _button,
    "interactiveResponseMessage": _interactive,
    "reactionMessage": _reaction,
}
