"""Webhooks of the Cloud API."""

from collections import Counter
from typing import Any

from munbot_whatsapp.providers import reading
from munbot_whatsapp.providers.base import Decision, Inbound, PayloadInvalid, StatusUpdate, Webhook
from munbot_whatsapp.providers.meta.content import DROPPED, content_of
from munbot_whatsapp.providers.meta.errors import verdict_of

_STATUSES = frozenset({"sent", "delivered", "read", "played", "failed"})
_ECHOES = frozenset({"smb_message_echoes", "message_echoes"})


def parse(phone_number_id: str, body: bytes) -> Webhook:
    """Read one webhook, which may carry many messages and statuses; raises PayloadInvalid.

    An app has one webhook for all of its numbers, so there may be others' messages in it: `refs` names all numbers,
    but only what is ours comes out.
    """
    envelope = reading.read_object(body)
    if envelope.get("object") != "whatsapp_business_account" or not isinstance(envelope.get("entry"), list):
        msg = "no webhook of a WhatsApp business account"
        raise PayloadInvalid(msg)
    messages: list[Inbound] = []
    statuses: list[StatusUpdate] = []
    refs: set[str] = set()
    dropped: Counter[str] = Counter()
    for entry in reading.sections(envelope["entry"]):
        for change in reading.sections(entry.get("changes")):
            value = reading.section(change, "value")
            if (field := change.get("field")) != "messages":
                dropped["echo" if isinstance(field, str) and field in _ECHOES else "field_unknown"] += 1
                continue
            ref = reading.identifier(reading.section(value, "metadata").get("phone_number_id"))
            if ref is None:
                dropped["malformed"] += 1
                continue
            refs.add(ref)
            if ref != phone_number_id:
                dropped["other_account"] += 1
                continue
            messages += _messages(value, dropped)
            statuses += _statuses(value, dropped)
            dropped["account_error"] += len(reading.sections(value.get("errors")))
    return Webhook(tuple(messages), tuple(statuses), frozenset(refs), +dropped)


def _messages(value: dict[str, Any], dropped: Counter[str]) -> list[Inbound]:
    own = reading.digits_of(reading.section(value, "metadata").get("display_phone_number"))
    contacts = reading.sections(value.get("contacts"))
    found = []
    for message in reading.sections(value.get("messages")):
        address = _address(message)
        provider_id = reading.identifier(message.get("id"))
        if own is not None and address == own:
            dropped["echo"] += 1
        elif message.get("group_id") is not None:
            dropped["group"] += 1
        elif isinstance(message.get("type"), str) and message["type"] in DROPPED:
            dropped["system"] += 1
        elif address is None or provider_id is None or (content := content_of(message)) is None:
            dropped["malformed"] += 1
        else:
            found.append(
                Inbound(
                    provider_message_id=provider_id,
                    address=address,
                    phone=reading.e164(address),
                    name=_name(contacts, message),
                    sent_at=reading.moment(message.get("timestamp")),
                    **content,
                )
            )
    return found


def _address(message: dict[str, Any]) -> str | None:
    """Return the citizen's number; citizens with a username may have only an id of this business (BSUID)."""
    number = reading.digits_of(message.get("from"))
    return number or reading.identifier(message.get("from_user_id"), reading.ADDRESS)


def _name(contacts: list[dict[str, Any]], message: dict[str, Any]) -> str | None:
    for contact in contacts:
        known = {contact.get(key) for key in ("wa_id", "user_id") if isinstance(contact.get(key), str)}
        if any(isinstance(message.get(key), str) and message[key] in known for key in ("from", "from_user_id")):
            return reading.some_text(reading.section(contact, "profile").get("name"))
    return None


def _statuses(value: dict[str, Any], dropped: Counter[str]) -> list[StatusUpdate]:
    found = []
    for status in reading.sections(value.get("statuses")):
        name = status.get("status")
        provider_id = reading.identifier(status.get("id"))
        if not isinstance(name, str) or name not in _STATUSES:
            dropped["status_unknown"] += 1
        elif status.get("recipient_type") == "group":
            dropped["group"] += 1
        elif provider_id is None:
            dropped["malformed"] += 1
        else:
            code = _error_code(status) if name == "failed" else None
            verdict = verdict_of(code or "")
            found.append(
                StatusUpdate(
                    provider_message_id=provider_id,
                    status=name,  # type: ignore[arg-type]  # it is one of _STATUSES
                    at=reading.moment(status.get("timestamp")),
                    reference=reading.identifier(status.get("biz_opaque_callback_data"), 512),
                    error_code=code,
                    decision=(verdict.decision if verdict else Decision.PERMANENT) if name == "failed" else None,
                )
            )
    return found


def _error_code(status: dict[str, Any]) -> str:
    errors = reading.sections(status.get("errors"))
    return (reading.identifier(errors[0].get("code"), 80) if errors else None) or "unknown"
