"""Events that only the bridge itself hears: from its webhook to its worker.

They travel over the platform's exchange, so that a webhook is answered as soon as the broker has confirmed them.
"""

from datetime import datetime
from typing import Literal
from uuid import UUID, uuid5

from munbot_contracts.envelope import Contract
from pydantic import AwareDatetime

MEDIA_RECEIVED = "munbot.whatsapp.media_received.v1"
STATUS_RECEIVED = "munbot.whatsapp.status_received.v1"

_NAMESPACE = UUID("0ddb7a2e-58c1-5d0f-9a56-2f6f3c1f7a10")


class MediaReceived(Contract):
    """A citizen's message has a file at the provider; it is fetched and told of in message.media.v1."""

    message_id: UUID
    account: str
    address: str
    ref: str
    url: str | None = None
    kind: Literal["image", "document", "audio"]
    content_type: str | None = None
    voice: bool = False
    sha256: str | None = None
    size: int | None = None
    filename: str | None = None
    seconds: int | None = None


class StatusReceived(Contract):
    """A provider told of one of our messages."""

    account: str
    provider_message_id: str
    reference: str | None = None
    status: Literal["sent", "delivered", "read", "played", "failed"]
    at: AwareDatetime
    error_code: str | None = None
    decision: str | None = None


def message_id_of(account: str, provider_message_id: str) -> UUID:
    """Return our id of a citizen's message: the same for every repetition of it."""
    return uuid5(_NAMESPACE, f"{account}\0{provider_message_id}")


def event_id_of(kind: str, *parts: str | datetime) -> UUID:
    """Return the id of an event about something that a provider may tell twice."""
    return uuid5(_NAMESPACE, "\0".join((kind, *map(str, parts))))
