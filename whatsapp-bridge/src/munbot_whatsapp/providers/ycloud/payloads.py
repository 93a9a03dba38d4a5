"""Webhooks of YCloud: its own envelope around the content of the Cloud API."""

from collections import Counter
from typing import Any

from munbot_whatsapp.providers import reading
from munbot_whatsapp.providers.base import Decision, Inbound, PayloadInvalid, StatusName, StatusUpdate, Webhook
from munbot_whatsapp.providers.meta.content import DROPPED, content_of
from munbot_whatsapp.providers.ycloud.errors import code_of, verdict_on

_STATUSES: dict[str, tuple[StatusName, str]] = {
    "sent": ("sent", "sendTime"),
    "delivered": ("delivered", "deliverTime"),
    "read": ("read", "readTime"),
    "failed": ("failed", "updateTime"),
}
_ECHOES = frozenset({"whatsapp.smb.message.created", "whatsapp.echo_message.created", "whatsapp.echo_message.updated"})


def parse(own_number: str, body: bytes) -> Webhook:
    """Read one event; raises PayloadInvalid.

    Args:
        own_number: of the account; only what is of this number comes out.
        body: the envelope.
    """
    envelope = reading.read_object(body)
    event = envelope.get("type")
    if not isinstance(event, str) or reading.identifier(envelope.get("id")) is None:
        msg = "no event of YCloud"
        raise PayloadInvalid(msg)
    dropped: Counter[str] = Counter()
    if event == "whatsapp.inbound_message.received":
        message = reading.section(envelope, "whatsappInboundMessage")
        ref = reading.ref_of(message.get("to"), own_number)
        found = _message(message, dropped) if ref == own_number else None
        return _webhook(ref, own_number, dropped, message=found)
    if event == "whatsapp.message.updated":
        message = reading.section(envelope, "whatsappMessage")
        ref = reading.ref_of(message.get("from"), own_number)
        status = _status(message, envelope, dropped) if ref == own_number else None
        return _webhook(ref, own_number, dropped, status=status)
    dropped["echo" if event in _ECHOES else "field_unknown"] += 1
    return Webhook(dropped=dropped)


def _webhook(
    ref: str | None,
    own_number: str,
    dropped: Counter[str],
    *,
    message: Inbound | None = None,
    status: StatusUpdate | None = None,
) -> Webhook:
    if ref is None:
        dropped["malformed"] += 1
    elif ref != own_number:
        dropped["other_account"] += 1
    return Webhook(
        (message,) if message else (),
        (status,) if status else (),
        frozenset({ref} if ref else ()),
        dropped,
    )


def _message(message: dict[str, Any], dropped: Counter[str]) -> Inbound | None:
    number = reading.digits_of(message.get("from"))
    address = number or reading.identifier(message.get("fromUserId"), reading.ADDRESS)
    provider_id = reading.identifier(message.get("wamid")) or reading.identifier(message.get("id"))
    kind = message.get("type")
    if message.get("groupId") is not None:
        dropped["group"] += 1
    elif isinstance(kind, str) and kind in DROPPED:
        dropped["system"] += 1
    elif address is None or provider_id is None or (content := content_of(message)) is None:
        dropped["malformed"] += 1
    else:
        return Inbound(
            provider_message_id=provider_id,
            address=address,
            phone=reading.e164(address),
            name=reading.some_text(reading.section(message, "customerProfile").get("name")),
            sent_at=reading.moment(message.get("sendTime")),
            **content,
        )
    return None


def _status(message: dict[str, Any], envelope: dict[str, Any], dropped: Counter[str]) -> StatusUpdate | None:
    given = message.get("status")
    provider_id = reading.identifier(message.get("wamid")) or reading.identifier(message.get("id"))
    if not isinstance(given, str) or given not in _STATUSES:
        dropped["status_unknown"] += 1
        return None
    if provider_id is None:
        dropped["malformed"] += 1
        return None
    status, when = _STATUSES[given]
    code = (code_of(message, "errorCode") or "unknown") if status == "failed" else None
    verdict = verdict_on(code) if code else None
    return StatusUpdate(
        provider_message_id=provider_id,
        status=status,
        at=reading.moment(message.get(when) or envelope.get("createTime")),
        reference=reading.identifier(message.get("externalId")),
        error_code=code,
        decision=(verdict.decision if verdict else Decision.PERMANENT) if code else None,
    )
