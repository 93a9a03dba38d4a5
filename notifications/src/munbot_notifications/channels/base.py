"""What every channel is given and answers, and how it fails.

DeliveryError
├── ChannelAway      nobody was reached, for a reason that is not this message's: all messages of the channel wait
├── Retryable        this message was not taken now, and may be later
└── Permanent        this message will never be taken here: the next channel of its route is tried
└── AddressRefused   the address does not exist or does not want it: it is not written to again
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol
from uuid import UUID

from munbot_notifications.templates.builtin import Flow
from munbot_notifications.templates.engine import Filled


class DeliveryError(Exception):
    """A message was not handed over.

    Args:
        code: a short name for programs and metrics, such as `smtp_451`; never an address.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ChannelAway(DeliveryError):
    """The channel's server cannot be reached, or refuses us altogether."""


class Retryable(DeliveryError):
    """Not now."""


class Permanent(DeliveryError):
    """Never."""


class AddressRefused(Permanent):
    """There is nobody at this address.

    Args:
        code: a short name.
        reason: `bounced` or `opted_out`.
    """

    def __init__(self, code: str, reason: str = "bounced") -> None:
        super().__init__(code)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Calendar:
    """A calendar file (RFC 5545) and its method."""

    content: str
    method: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message for one address.

    Attributes:
        id: the notification's, the same at every attempt: channels that can recognise a repetition get it.
        tenant: whose.
        sender: name of who speaks.
        address: where to, in the channel's form.
        filled: what is said.
        created_at: when it was planned.
        calendar: attached to mails.
        flow: the bridge's flow that says it on WhatsApp.
        flow_data: what the flow is filled with.
        unsubscribe_url: the link that stops such mails; empty for officials.
    """

    id: UUID
    tenant: str
    sender: str
    address: str
    filled: Filled
    created_at: datetime
    calendar: Calendar | None = None
    flow: Flow | None = None
    flow_data: dict[str, str] | None = None
    unsubscribe_url: str = ""


class Channel(Protocol):
    """A way out. One instance belongs to one thread, so that it may keep a connection."""

    name: ClassVar[str]
    recognised: ClassVar[bool]
    """A message that is handed over twice is recognised as the same."""

    def send(self, message: Outgoing) -> str | None:
        """Hand a message over; return the provider's id of it, if it gives one.

        Raises:
            DeliveryError: it was not handed over, or that is not known.
        """

    def close(self) -> None:
        """Let go of connections."""
