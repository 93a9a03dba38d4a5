"""What Meta tells a webhook, in its shapes (webhooks/reference/messages in Meta's documentation)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from munbot_simulator.accounts import SimulatedAccount
from munbot_simulator.media.store import StoredFile
from munbot_simulator.phones.models import Entry, EntryStatus


@dataclass(frozen=True, slots=True)
class Part:
    """One thing to tell: a message with who wrote it, or a status."""

    contact: dict[str, Any] | None = None
    message: dict[str, Any] | None = None
    status: dict[str, Any] | None = None


def body_of(account: SimulatedAccount, parts: Sequence[Part]) -> bytes:
    """Return the body that tells some things of one account."""
    changes = []
    messages = [part for part in parts if part.message]
    if messages:
        contacts = {json.dumps(part.contact): part.contact for part in messages}
        found = {"contacts": list(contacts.values()), "messages": [part.message for part in messages]}
        changes.append(_change(account, found))
    if statuses := [part.status for part in parts if part.status]:
        changes.append(_change(account, {"statuses": statuses}))
    body = {"object": "whatsapp_business_account", "entry": [{"id": account.waba_id, "changes": changes}]}
    return json.dumps(body, separators=(",", ":")).encode()


def _change(account: SimulatedAccount, found: dict[str, Any]) -> dict[str, Any]:
    metadata = {"display_phone_number": account.phone.lstrip("+"), "phone_number_id": account.phone_number_id}
    return {"field": "messages", "value": {"messaging_product": "whatsapp", "metadata": metadata} | found}


def message_part(
    account: SimulatedAccount, name: str, entry: Entry, *, answered: Entry | None, file: StoredFile | None
) -> Part:
    """Return a citizen's message.

    Args:
        account: the office's number that it is written to.
        name: as the citizen calls themselves.
        entry: the message.
        answered: the one it chooses from, answers, or reacts to.
        file: with image, document and audio.
    """
    message: dict[str, Any] = {"from": entry.phone, "id": entry.id, "timestamp": str(int(entry.at.timestamp()))}
    if answered and entry.kind != "reaction":
        author = account.phone.lstrip("+") if answered.author == "office" else entry.phone
        message["context"] = {"from": author, "id": answered.id}
    contact = {"profile": {"name": name}, "wa_id": entry.phone}
    return Part(contact=contact, message=message | _content(entry, answered, file))


def _content(entry: Entry, answered: Entry | None, file: StoredFile | None) -> dict[str, Any]:
    match entry.kind:
        case "text":
            return {"type": "text", "text": {"body": entry.text}}
        case "choice" if answered:
            return _choice(entry, answered)
        case "location" if entry.location:
            return {"type": "location", "location": entry.location.model_dump(exclude_none=True)}
        case "reaction":
            return {"type": "reaction", "reaction": {"message_id": entry.reply_to, "emoji": entry.text}}
        case "image" | "document" | "audio" if file:
            return {"type": entry.kind, entry.kind: _file(entry, file)}
    errors = [{"code": 131051, "title": "Message type unknown", "message": "Message type unknown"}]
    return {"type": "unsupported", "errors": errors}


def _choice(entry: Entry, answered: Entry) -> dict[str, Any]:
    if answered.kind == "template":
        return {"type": "button", "button": {"payload": entry.choice_id, "text": entry.text}}
    chosen = {"id": entry.choice_id, "title": entry.text}
    if answered.options is None:
        return {"type": "interactive", "interactive": {"type": "button_reply", "button_reply": chosen}}
    option = answered.option(entry.choice_id or "")
    if option and option.description:
        chosen["description"] = option.description
    return {"type": "interactive", "interactive": {"type": "list_reply", "list_reply": chosen}}


def _file(entry: Entry, file: StoredFile) -> dict[str, Any]:
    told: dict[str, Any] = {"id": file.id, "mime_type": file.content_type, "sha256": file.sha256}
    if entry.text:
        told["caption"] = entry.text
    if file.kind == "document" and file.filename:
        told["filename"] = file.filename
    if file.kind == "audio":
        told["voice"] = file.voice
    return told


def status_part(entry: Entry, status: EntryStatus, timestamp: int) -> Part:
    """Return what became of an office's message."""
    told: dict[str, Any] = {
        "id": entry.id,
        "status": status,
        "timestamp": str(timestamp),
        "recipient_id": entry.phone,
    }
    if entry.reference is not None:
        told["biz_opaque_callback_data"] = entry.reference
    if status == "failed":
        told["errors"] = [
            {"code": entry.error_code, "title": "Message undeliverable", "message": "Message undeliverable"}
        ]
    else:
        category = "utility" if entry.kind == "template" else "service"
        told["conversation"] = {"id": f"c{entry.phone}", "origin": {"type": category}}
        told["pricing"] = {"billable": False, "pricing_model": "PMP", "category": category}
    return Part(status=told)
