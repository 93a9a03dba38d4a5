"""Pure rules of the channel: what a text may contain and which id a message gets."""

import hashlib
import re
import unicodedata
from uuid import UUID, uuid5

from munbot_common.ids import uuid7

from munbot_web.chat.problems import KeyInvalid, MessageEmpty, MessageTooLong, PayloadInvalid
from munbot_web.texts import say

MAX_PAYLOAD = 1_000
MAX_KEY = 200

# C0 and C1 controls but tab and newline; bidirectional overrides, which can make a text read as another one.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]")
_LONE_SURROGATES = re.compile("[\ud800-\udfff]")
_INVISIBLE = re.compile("[\\s\u200b-\u200d\u2060\u00ad\u3164]+")


def clean_text(raw: str, *, limit: int) -> str:
    """Return the text as it is kept: composed (NFC), without control characters, its ends trimmed.

    Markup stays as the citizen typed it: it is plain text everywhere.

    Raises:
        MessageEmpty: nothing visible is left.
        MessageTooLong: more than `limit` characters.
    """
    text = raw.replace("\r\n", "\n").replace("\r", "\n")
    text = _LONE_SURROGATES.sub("", _CONTROLS.sub("", text))
    text = unicodedata.normalize("NFC", text).strip()
    if not _INVISIBLE.sub("", text):
        raise MessageEmpty(say("message_empty"))
    if len(text) > limit:
        raise MessageTooLong(say("message_too_long", length=len(text), limit=limit))
    return text


def check_payload(payload: str | None) -> str | None:
    """Return the payload of a pressed button; whether it was offered is for conversations to know.

    Raises:
        PayloadInvalid: longer than any button of ours.
    """
    if payload is not None and len(payload) > MAX_PAYLOAD:
        raise PayloadInvalid(say("payload_too_long"))
    return payload or None


def check_key(key: str | None) -> str | None:
    """Return a client's key for one message.

    Raises:
        KeyInvalid: empty or too long.
    """
    if key is not None and not 0 < len(key.strip()) <= MAX_KEY:
        raise KeyInvalid(say("key_invalid"))
    return key


def message_id_for(conversation_id: UUID, key: str | None) -> UUID:
    """Return the id of a message: the same for the same key in the same conversation, on every instance."""
    return uuid7() if key is None else uuid5(conversation_id, key)


def body_hash(text: str, payload: str | None) -> str:
    """Return what tells two bodies under one key apart. Only this is kept, never the text."""
    return hashlib.sha256(f"{text}\x00{payload or ''}".encode()).hexdigest()[:32]
