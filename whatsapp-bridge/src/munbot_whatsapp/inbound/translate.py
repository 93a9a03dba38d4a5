"""A provider's webhook, normalised, as the events that it is for us."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from munbot_common.clock import utc_now
from munbot_common.logs import correlation_id
from munbot_common.messaging import OutgoingMessage
from munbot_contracts import Contract, Event, routing_key
from munbot_contracts.messages import MESSAGE_RECEIVED, MessageKind, MessageReceived, Sender

from munbot_whatsapp.base import SERVICE
from munbot_whatsapp.deliveries.menus import choice_of
from munbot_whatsapp.events import (
    MEDIA_RECEIVED,
    STATUS_RECEIVED,
    MediaReceived,
    StatusReceived,
    event_id_of,
    message_id_of,
)
from munbot_whatsapp.providers.base import Account, Inbound, StatusUpdate, Webhook
from munbot_whatsapp.texts import Opt, opt_of

TEXT_LIMIT = 10_000
NAME_LIMIT = 200
ADDRESS_LIMIT = 120
ID_LIMIT = 300

_SURROGATE = re.compile(r"[\ud800-\udfff]")
MENU_ANSWER_LIMIT = 40
_FILES = {MessageKind.IMAGE: "image", MessageKind.DOCUMENT: "document", MessageKind.AUDIO: "audio"}

Menus = Mapping[str, dict[str, Any]]
"""The numbered options last sent to each address."""


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that a webhook says.

    Attributes:
        messages: what is published for it, in this order; their ids are the same for every repetition.
        kind: of a message; `status` for what became of one of ours.
    """

    messages: tuple[OutgoingMessage, ...]
    kind: str

    @property
    def key(self) -> str:
        """What it is known by when it comes again."""
        return self.messages[0].message_id


def asks_for_menu(message: Inbound) -> bool:
    """Whether a citizen's words may choose an option by its number: they are few, and have a digit."""
    short = len(message.text) <= MENU_ANSWER_LIMIT
    return message.kind is MessageKind.TEXT and short and any(letter.isdigit() for letter in message.text)


def told_by(account: Account, webhook: Webhook, menus: Menus) -> list[Told]:
    """Return all that a webhook says, in its order. What no message of ours can be is left out and counted.

    Args:
        account: whose webhook it is.
        webhook: as its provider's code read it; `dropped` is added to.
        menus: of the citizens for whom `asks_for_menu` is true.
    """
    told = []
    for message in webhook.messages:
        if _usable(message.provider_message_id, ID_LIMIT) and _usable(message.address, ADDRESS_LIMIT):
            told.append(_message(account, message, menus.get(message.address)))
        else:
            webhook.dropped["malformed"] += 1
    for status in webhook.statuses:
        if _usable(status.provider_message_id, ID_LIMIT):
            told.append(_status(account, status))
        else:
            webhook.dropped["malformed"] += 1
    return told


def _message(account: Account, message: Inbound, menu: dict[str, Any] | None) -> Told:
    message_id = message_id_of(account.slug, message.provider_message_id)
    chosen = choice_of(menu, message.text) if asks_for_menu(message) else None
    kind = message.kind if chosen is None else MessageKind.BUTTON
    payload = message.choice_id if chosen is None else chosen
    file = _file(account, message)
    received = MessageReceived(
        message_id=message_id,
        channel="whatsapp",
        account=account.slug,
        provider_message_id=message.provider_message_id,
        sender=Sender(address=message.address, name=_name(message.name), phone=message.phone),
        kind=kind,
        text=_clean(message.text, TEXT_LIMIT),
        payload=None if payload is None else _clean(payload, TEXT_LIMIT),
        media_pending=file is not None,
        location=message.location,
        opt=_opt(message) if chosen is None else None,
        sent_at=message.sent_at,
    )
    name = ("message", account.slug, message.provider_message_id)
    published = [_outgoing(account, MESSAGE_RECEIVED, name, received, subject=str(message_id), time=message.sent_at)]
    if file is not None:
        name = ("media", account.slug, message.provider_message_id)
        published.append(_outgoing(account, MEDIA_RECEIVED, name, file, subject=str(message_id), time=utc_now()))
    return Told(tuple(published), kind.value)


def _file(account: Account, message: Inbound) -> MediaReceived | None:
    media = message.media
    if media is None or message.kind not in _FILES:
        return None
    return MediaReceived.model_validate(
        {
            "message_id": message_id_of(account.slug, message.provider_message_id),
            "account": account.slug,
            "address": message.address,
            "ref": _clean(media.ref, TEXT_LIMIT),
            "url": None if media.url is None else _clean(media.url, TEXT_LIMIT),
            "kind": _FILES[message.kind],
            "content_type": None if media.content_type is None else _clean(media.content_type, NAME_LIMIT),
            "voice": media.voice,
            "sha256": None if media.sha256 is None else _clean(media.sha256, NAME_LIMIT),
            "size": media.size,
            "filename": None if media.filename is None else _clean(media.filename, NAME_LIMIT),
            "seconds": media.seconds,
        }
    )


def _status(account: Account, status: StatusUpdate) -> Told:
    fact = StatusReceived(
        account=account.slug,
        provider_message_id=status.provider_message_id,
        reference=None if status.reference is None else _clean(status.reference, ID_LIMIT),
        status=status.status,
        at=status.at,
        error_code=None if status.error_code is None else _clean(status.error_code, 80),
        decision=None if status.decision is None else status.decision.value,
    )
    name = ("status", account.slug, status.provider_message_id, status.status)
    subject = status.provider_message_id
    return Told((_outgoing(account, STATUS_RECEIVED, name, fact, subject=subject, time=utc_now()),), "status")


def _outgoing(
    account: Account,
    event_type: str,
    name: Sequence[str],
    data: Contract,
    *,
    subject: str,
    time: datetime,
) -> OutgoingMessage:
    event_id = event_id_of(*name)
    event = Event[Any](
        id=event_id,
        source=f"/munbot/{SERVICE}",
        type=event_type,
        subject=subject,
        time=time,
        tenant=account.tenant,
        correlationid=correlation_id.get() or str(event_id),
        data=data,
    )
    body = event.model_dump_json().encode()
    return OutgoingMessage(routing_key(event_type), body, str(event_id), mandatory=True)


def _opt(message: Inbound) -> Opt | None:
    """Only words say so, or a button that carries them: a title such as «Baja» may be an answer to anything."""
    if message.kind is MessageKind.TEXT:
        return opt_of(message.text)
    if message.kind is MessageKind.BUTTON and message.choice_id:
        return opt_of(message.choice_id)
    return None


def _name(name: str | None) -> str | None:
    return (_clean(name, NAME_LIMIT).strip() or None) if name else None


def _clean(text: str, limit: int) -> str:
    """Return text that JSON and PostgreSQL can carry."""
    return _SURROGATE.sub("\ufffd", text.replace("\x00", ""))[:limit]


def _usable(name: str, limit: int) -> bool:
    return 0 < len(name) <= limit and "\x00" not in name and _SURROGATE.search(name) is None
