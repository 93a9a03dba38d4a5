"""Events of Evolution, from its webhook and from its RabbitMQ exchange: the same envelope.

Source: EvolutionAPI/evolution-api 2.3.6, channel.service.ts and whatsapp.baileys.service.ts. `date_time` is local time
that calls itself UTC, so it is never read.
"""

from collections import Counter
from typing import Any

from munbot_common.clock import utc_now

from munbot_whatsapp.providers import reading
from munbot_whatsapp.providers.base import Decision, Inbound, PayloadInvalid, StatusName, StatusUpdate, Webhook
from munbot_whatsapp.providers.evolution.content import content_of

_STATUSES: dict[str, StatusName] = {
    "SERVER_ACK": "sent",
    "DELIVERY_ACK": "delivered",
    "READ": "read",
    "PLAYED": "played",
    "ERROR": "failed",
    # Of its Cloud API channel: Meta's names.
    "SENT": "sent",
    "DELIVERED": "delivered",
    "FAILED": "failed",
}
_PERSON = ("s.whatsapp.net", "c.us")
_HIDDEN = "lid"


def parse(instance: str | None, body: bytes) -> Webhook:
    """Read one event; raises PayloadInvalid.

    Args:
        instance: whose events come out; None for anybody's.
        body: the envelope.
    """
    envelope = reading.read_object(body)
    event, sender = envelope.get("event"), reading.identifier(envelope.get("instance"), reading.ADDRESS)
    if not isinstance(event, str) or sender is None or "data" not in envelope:
        msg = "no event of Evolution"
        raise PayloadInvalid(msg)
    dropped: Counter[str] = Counter()
    messages: list[Inbound] = []
    statuses: list[StatusUpdate] = []
    data = envelope["data"] if isinstance(envelope["data"], list) else [envelope["data"]]
    name = event.lower().replace("_", ".").replace("-", ".")
    if instance is not None and sender != instance:
        dropped["other_account"] += 1
    elif name == "messages.upsert":
        messages += filter(None, (_message(item, dropped) for item in reading.sections(data)))
    elif name == "messages.update":
        statuses += filter(None, (_status(item, dropped) for item in reading.sections(data)))
    else:
        dropped["echo" if name == "send.message" else "field_unknown"] += 1
    return Webhook(tuple(messages), tuple(statuses), frozenset({sender}), dropped)


def _message(data: dict[str, Any], dropped: Counter[str]) -> Inbound | None:
    key = reading.section(data, "key")
    address, provider_id = _address(data, key), reading.identifier(key.get("id"))
    if (reason := _unwanted(key)) is not None:
        dropped[reason] += 1
        return None
    content = content_of(data, provider_id) if provider_id is not None else "malformed"
    if address is None or provider_id is None or isinstance(content, str):
        dropped[content if isinstance(content, str) else "malformed"] += 1
        return None
    return Inbound(
        provider_message_id=provider_id,
        address=address,
        phone=reading.e164(address),
        name=reading.some_text(data.get("pushName")),
        sent_at=reading.moment(data.get("messageTimestamp")),
        **content,
    )


def _unwanted(key: dict[str, Any]) -> str | None:
    if key.get("fromMe") not in (False, None):
        return "echo"
    domain = _split(key.get("remoteJid"))[1]
    if domain == "g.us":
        return "group"
    return "broadcast" if domain in {"broadcast", "newsletter"} else None


def _split(jid: Any) -> tuple[str, str]:
    """Return user and domain of `56912345678:12@s.whatsapp.net`, without the number of the device."""
    user, _, domain = jid.rpartition("@") if isinstance(jid, str) else ("", "", "")
    return user.partition(":")[0], domain.lower()


def _address(data: dict[str, Any], key: dict[str, Any]) -> str | None:
    """Return the citizen's number; with a hidden one (`@lid`) the number if it comes along, else the hidden id."""
    alternatives = (key.get("remoteJid"), key.get("remoteJidAlt"), key.get("senderPn"), data.get("senderPn"))
    for jid in alternatives:
        user, domain = _split(jid)
        if domain in _PERSON and (number := reading.digits_of(user)):
            return number
    user, domain = _split(key.get("remoteJid"))
    return reading.identifier(f"{user}@{_HIDDEN}", reading.ADDRESS) if domain == _HIDDEN and user else None


def _status(data: dict[str, Any], dropped: Counter[str]) -> StatusUpdate | None:
    status = data.get("status")
    provider_id = reading.identifier(data.get("keyId"))
    if data.get("fromMe") is False or not isinstance(status, str) or status not in _STATUSES:
        dropped["status_unknown"] += 1
        return None
    if provider_id is None:
        dropped["malformed"] += 1
        return None
    failed = _STATUSES[status] == "failed"
    return StatusUpdate(
        provider_message_id=provider_id,
        status=_STATUSES[status],
        at=utc_now(),
        error_code="unknown" if failed else None,
        decision=Decision.PERMANENT if failed else None,
    )
