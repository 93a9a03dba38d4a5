"""What every provider gives and takes: normalised shapes, and one interface.

Payloads come from outside, so `parse` is tolerant: what it does not know is counted in `Webhook.dropped` or becomes
`unsupported`, and only a body that is no webhook of the provider at all raises.

ProviderError
├── SignatureInvalid     the webhook is not the provider's; 401
├── PayloadInvalid       the body is no webhook of this provider; 400
├── MediaUnavailable     the file cannot be had (any more), is too large, or lies where we do not go
└── SendFailed           not sent; `decision` says what to do
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, Protocol

from munbot_contracts.messages import Location, MessageKind

StatusName = Literal["sent", "delivered", "read", "played", "failed"]
STATUS_RANK: Mapping[str, int] = {"queued": 0, "sent": 1, "delivered": 2, "read": 3, "played": 4, "failed": 5}
"""A status never goes back: it is applied only when its rank is higher than what is known."""


class Decision(StrEnum):
    """What to do about a message that was not sent."""

    RETRY = "retry"  # temporary: again, with backoff
    WAIT_CITIZEN = "wait_citizen"  # too many to this citizen: later, keeping the order
    WAIT_ACCOUNT = "wait_account"  # the number, or the whole account, is limited: nothing of it goes out for a while
    STOP = "stop"  # our credentials or rights: nothing of the account goes out until somebody looks; alarm
    WINDOW_CLOSED = "window_closed"  # more than 24 h since the citizen wrote: only a template
    PERMANENT = "permanent"  # never; this message only


@dataclass(frozen=True, slots=True)
class MediaRef:
    """A file at the provider.

    Attributes:
        ref: the provider's id of it; what `fetch` resolves.
        url: where the provider says it lies; may be stale, and may lie.
        content_type: as the provider says; never believed without looking.
        voice: recorded as a voice note.
        sha256: as the provider says, hex or base64; None when it does not.
        size: bytes, as the provider says.
        filename: as the citizen's phone named it.
        seconds: of sound, where the provider says.
    """

    ref: str
    url: str | None = None
    content_type: str | None = None
    voice: bool = False
    sha256: str | None = None
    size: int | None = None
    filename: str | None = None
    seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Inbound:
    """A citizen's message.

    Attributes:
        provider_message_id: wamid, `key.id`, Twilio's MessageSid: the same in every repetition.
        address: whom to answer to: digits of the number without +, else the provider's own id of the citizen (BSUID).
        phone: E.164, when the address is a number.
        name: as the citizen calls themselves.
        sent_at: aware, UTC.
        kind: of ours; a choice among buttons or rows is `button`.
        text: words, caption, or the title of what was chosen.
        choice_id: what we gave the chosen button or row as its id.
        media: with image, document, audio.
        location: with location.
        reply_to: provider's id of the message that is answered or reacted to.
        unsupported: the provider's name of a kind that we do not take (sticker, contacts, poll ...).
    """

    provider_message_id: str
    address: str
    sent_at: datetime
    kind: MessageKind
    phone: str | None = None
    name: str | None = None
    text: str = ""
    choice_id: str | None = None
    media: MediaRef | None = None
    location: Location | None = None
    reply_to: str | None = None
    unsupported: str | None = None


@dataclass(frozen=True, slots=True)
class StatusUpdate:
    """What became of a message of ours. `reference` is what we gave with it, where the provider carries one."""

    provider_message_id: str
    status: StatusName
    at: datetime
    reference: str | None = None
    error_code: str | None = None
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class Webhook:
    """All that one request of a provider says; it may be nothing.

    Attributes:
        refs: the accounts that it speaks of (`Account.provider_ref`); the caller refuses another one's.
        dropped: what was left out, by reason: echo, group, broadcast, status_unknown, field_unknown, malformed ...
    """

    messages: tuple[Inbound, ...] = ()
    statuses: tuple[StatusUpdate, ...] = ()
    refs: frozenset[str] = frozenset()
    dropped: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Account:
    """One number of an office at one provider, with its credentials in the clear. Never logged, never shown.

    Attributes:
        slug: unique in the installation; the last part of the webhook's address, and the `account` of our messages.
        provider_ref: the provider's name of it: phone_number_id, instance, or the sender's number.
        base_url: of the provider's API.
        credentials: meta: access_token, app_secret, verify_token. evolution: api_key, webhook_secret.
            ycloud: api_key, webhook_secret. twilio: account_sid, auth_token.
        options: not secret. evolution: allowed_ips (CIDR list), cloud (bool). twilio: templates {name: ContentSid}.
            meta: api_version, waba_id.
    """

    slug: str
    tenant: str
    provider: str
    provider_ref: str
    base_url: str
    credentials: Mapping[str, str] = field(repr=False)
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choice:
    """A button or a row. WhatsApp limits: title 20 (button) or 24 (row), description 72, id 200 characters."""

    id: str
    title: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """A message that the provider has approved: the only kind outside the 24-hour window.

    Attributes:
        name: as approved.
        language: such as `es_CL`.
        parameters: of the body, in order.
        buttons: payloads of the quick replies, in order.
    """

    name: str
    language: str
    parameters: tuple[str, ...] = ()
    buttons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OutboundMedia:
    """A file to be sent: its bytes, for providers that take uploads, and an address, for those that fetch."""

    kind: Literal["image", "document", "audio"]
    content_type: str
    data: bytes = field(repr=False)
    url: str | None = None
    filename: str | None = None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message as WhatsApp knows messages; limits are already kept.

    Attributes:
        to: the citizen's address.
        reference: our id of it, for providers that give it back with each status.
        text: body, or caption of a file.
        buttons: at most 3; empty when `rows` are given.
        rows: at most 10.
        list_button: what opens the rows.
    """

    to: str
    reference: str
    text: str = ""
    buttons: tuple[Choice, ...] = ()
    rows: tuple[Choice, ...] = ()
    list_button: str = "Ver opciones"
    media: OutboundMedia | None = None
    location: Location | None = None
    template: Template | None = None


class ProviderError(Exception):
    """A provider's request or answer cannot be used."""


class SignatureInvalid(ProviderError):
    """The request was not signed by the provider."""


class PayloadInvalid(ProviderError):
    """The body is not what this provider sends."""


class MediaUnavailable(ProviderError):
    """The file cannot be had.

    `problem` is one of too_large, type_unsupported, unavailable, host_refused; `temporary` says to try again.
    """

    def __init__(self, problem: str, *, temporary: bool = False) -> None:
        super().__init__(problem)
        self.problem = problem
        self.temporary = temporary


class SendFailed(ProviderError):
    """The provider did not take a message.

    Args:
        decision: what to do.
        code: the provider's code, or http_503, timeout, unreachable; safe to log.
        detail: the provider's words; never our credentials.
        retry_after: seconds, when the provider says.
        uncertain: whether the provider may have taken it all the same (timeout, broken connection after the request).
    """

    def __init__(
        self,
        decision: Decision,
        code: str,
        *,
        detail: str = "",
        retry_after: float | None = None,
        uncertain: bool = False,
    ) -> None:
        super().__init__(f"{decision}: {code}")
        self.decision = decision
        self.code = code
        self.detail = detail
        self.retry_after = retry_after
        self.uncertain = uncertain


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that is being read: what the server says it is, and its bytes in pieces."""

    content_type: str
    size: int | None
    pieces: Iterator[bytes]


class Provider(Protocol):
    """One provider. Stateless but for its HTTP connections; safe in many threads."""

    name: str
    default_base_url: str
    required_credentials: frozenset[str]
    shows_buttons: bool
    """False where quick replies are not shown reliably: a numbered text menu is sent instead."""
    has_window: bool
    """Whether free words are taken only within 24 hours after the citizen wrote; a template is at any time."""
    text_limit: int
    """Characters of the longest text that it takes; WhatsApp itself takes 4,096."""

    def challenge(self, account: Account, query: Mapping[str, str]) -> str | None:
        """Return what a verification request is to be answered with; None to refuse it."""
        ...

    def verify(self, account: Account, *, headers: Mapping[str, str], body: bytes, url: str, remote: str) -> None:
        """Check that the provider sent exactly these bytes. Headers have lower-case names.

        Raises:
            SignatureInvalid: not so.
        """
        ...

    def parse(self, account: Account, body: bytes, *, content_type: str) -> Webhook:
        """Read a verified webhook.

        Raises:
            PayloadInvalid: not this provider's.
        """
        ...

    def send(self, account: Account, message: Outgoing) -> str:
        """Send one message; returns the provider's id of it.

        Raises:
            SendFailed: not sent, or not known to be.
        """
        ...

    def mark_read(self, account: Account, provider_message_id: str, address: str, *, typing: bool) -> None:
        """Show the citizen that the message was read and, with `typing`, that an answer is being written.

        Raises:
            SendFailed: no harm done.
        """
        ...

    def fetch(self, account: Account, media: MediaRef) -> AbstractContextManager[Fetched]:
        """Open a citizen's file. Only hosts of the provider are asked, over no redirect to another one.

        Raises:
            MediaUnavailable: on entering, or while it is read: the connection broke, or the SHA-256 is another one.
        """
        ...

    def probe(self, account: Account) -> None:
        """Ask the provider whether the credentials are good.

        Raises:
            SendFailed: not so, or not known.
        """
        ...
