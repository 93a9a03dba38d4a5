"""Webhooks of Twilio: forms, one message or one status each.

Source: twilio.com/docs/messaging/guides/webhook-request and /track-outbound-message-status.
"""

from collections import Counter
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from munbot_common.clock import utc_now
from munbot_contracts.messages import MessageKind

from munbot_whatsapp.providers import reading
from munbot_whatsapp.providers.base import (
    Decision,
    Inbound,
    MediaRef,
    PayloadInvalid,
    StatusName,
    StatusUpdate,
    Webhook,
)
from munbot_whatsapp.providers.meta.content import Fields, choice
from munbot_whatsapp.providers.twilio.errors import verdict_of

PREFIX = "whatsapp:"
MAX_FIELDS = 500

_STATUSES: dict[str, StatusName] = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "failed": "failed",
    "undelivered": "failed",
}
_NAMES = {"text/vcard": "contacts", "text/x-vcard": "contacts", "image/webp": "sticker"}


def form_of(body: bytes) -> list[tuple[str, str]]:
    """Return the fields of a form in their order; raises PayloadInvalid."""
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        msg = "no form"
        raise PayloadInvalid(msg) from None


def parse(own_number: str, body: bytes) -> Webhook:
    """Read one webhook; raises PayloadInvalid.

    Args:
        own_number: of the account; only what is of this number comes out.
        body: the form.
    """
    fields: dict[str, str] = {}
    for name, value in form_of(body):
        fields.setdefault(name, value)
    sid = reading.identifier(fields.get("MessageSid") or fields.get("SmsSid"))
    if sid is None or "From" not in fields or "To" not in fields:
        msg = "no webhook of Twilio"
        raise PayloadInvalid(msg)
    dropped: Counter[str] = Counter()
    status = fields.get("MessageStatus")
    inbound = status is None or status == "received"
    ref = reading.ref_of(_bare(fields["To" if inbound else "From"]), own_number)
    if ref is None or ref != own_number:
        dropped["malformed" if ref is None else "other_account"] += 1
        return Webhook(refs=frozenset({ref} if ref else ()), dropped=dropped)
    refs = frozenset({ref})
    if status is not None and not inbound:
        update = _status(sid, status, fields, dropped)
        return Webhook(statuses=(update,) if update else (), refs=refs, dropped=dropped)
    message = _message(sid, fields, dropped)
    return Webhook(messages=(message,) if message else (), refs=refs, dropped=dropped)


def _bare(address: str | None) -> str:
    return (address or "").removeprefix(PREFIX)


def _message(sid: str, fields: dict[str, str], dropped: Counter[str]) -> Inbound | None:
    number = reading.digits_of(_bare(fields["From"]))
    address = number or reading.identifier(_bare(fields.get("ExternalUserId") or fields["From"]), reading.ADDRESS)
    content = _content(fields)
    if not fields["From"].startswith(PREFIX):
        dropped["field_unknown"] += 1  # an SMS
    elif address is None or content is None:
        dropped["malformed"] += 1
    else:
        return Inbound(
            provider_message_id=sid,
            address=address,
            phone=reading.e164(address),
            name=reading.some_text(fields.get("ProfileName")),
            sent_at=utc_now(),  # Twilio does not say when
            reply_to=reading.identifier(fields.get("OriginalRepliedMessageSid")),
            **content,
        )
    return None


def _content(fields: dict[str, str]) -> Fields | None:
    body = reading.text(fields.get("Body"))
    if "Latitude" in fields:
        point = reading.location(
            fields.get("Latitude"), fields.get("Longitude"), fields.get("Label"), fields.get("Address")
        )
        return None if point is None else {"kind": MessageKind.LOCATION, "location": point}
    if (reading.whole(fields.get("NumMedia")) or 0) > 0:
        return _file(fields, body)
    for chosen, title in (("ButtonPayload", "ButtonText"), ("ListId", "ListTitle")):
        if fields.get(chosen):
            return choice(fields[chosen], fields.get(title) or body)
    if body.strip():
        return {"kind": MessageKind.TEXT, "text": body}
    kind = reading.identifier(fields.get("MessageType"), 40)
    return {"kind": MessageKind.UNSUPPORTED, "unsupported": kind} if kind and kind != "text" else None


def _file(fields: dict[str, str], caption: str) -> dict[str, Any] | None:
    """Return the first file: WhatsApp sends one with each message."""
    address = reading.identifier(fields.get("MediaUrl0"), 2_000)
    if address is None:
        return None
    content_type = reading.text(fields.get("MediaContentType0"), 100).lower()
    family = content_type.partition("/")[0]
    if content_type in _NAMES or family == "video":
        return {"kind": MessageKind.UNSUPPORTED, "unsupported": _NAMES.get(content_type, family), "text": caption}
    kinds = {"image": MessageKind.IMAGE, "audio": MessageKind.AUDIO}
    media = MediaRef(
        ref=reading.identifier(_last_part(address)) or "0",
        url=address,
        content_type=content_type or None,
        voice=content_type.startswith("audio/ogg"),  # as WhatsApp records; Twilio does not say
    )
    return {"kind": kinds.get(family, MessageKind.DOCUMENT), "media": media, "text": caption}


def _last_part(address: str) -> str:
    try:
        return urlsplit(address).path.rpartition("/")[2]
    except ValueError:
        return ""


def _status(sid: str, given: str, fields: dict[str, str], dropped: Counter[str]) -> StatusUpdate | None:
    status = _STATUSES.get(given)
    if status is None:
        dropped["status_unknown"] += 1
        return None
    code = (reading.identifier(fields.get("ErrorCode"), 80) or "unknown") if status == "failed" else None
    verdict = verdict_of(code) if code else None
    return StatusUpdate(
        provider_message_id=sid,
        status=status,
        at=utc_now(),
        error_code=code,
        decision=(verdict.decision if verdict else Decision.PERMANENT) if code else None,
    )
