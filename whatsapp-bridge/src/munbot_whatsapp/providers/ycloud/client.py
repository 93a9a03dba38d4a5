"""YCloud as a provider."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import httpx

from munbot_whatsapp.providers import reading
from munbot_whatsapp.providers.base import (
    Account,
    Decision,
    Fetched,
    MediaRef,
    MediaUnavailable,
    OutboundMedia,
    Outgoing,
    SendFailed,
    SignatureInvalid,
    Webhook,
)
from munbot_whatsapp.providers.http import Caller, Hosts
from munbot_whatsapp.providers.meta.messages import content_for
from munbot_whatsapp.providers.signing import require_sha256, secret_of
from munbot_whatsapp.providers.ycloud.errors import refusal_of
from munbot_whatsapp.providers.ycloud.payloads import parse

HOSTS = Hosts(own=("api.ycloud.com",))


class YCloudProvider:
    """YCloud. Messages go out by its synchronous route, which tells at once what Meta says of them."""

    name = "ycloud"
    default_base_url = "https://api.ycloud.com/v2"
    required_credentials = frozenset({"api_key", "webhook_secret"})
    shows_buttons = True
    has_window = True
    text_limit = 4_096

    def __init__(self, *, timeout: float = 10.0, transport: httpx.BaseTransport | None = None) -> None:
        self._caller = Caller(timeout=timeout, judge=refusal_of, transport=transport)

    def challenge(self, account: Account, query: Mapping[str, str]) -> str | None:  # noqa: ARG002
        """There is none."""
        return None

    def verify(self, account: Account, *, headers: Mapping[str, str], body: bytes, url: str, remote: str) -> None:  # noqa: ARG002
        """Check YCloud-Signature `t=…,s=…`: HMAC-SHA256 of `t`, a dot and the raw body.

        However old `t` is: repetitions come for hours, and what was seen before has no second effect.
        """
        secret = secret_of(account, "webhook_secret")
        parts = dict(part.strip().partition("=")[::2] for part in headers.get("ycloud-signature", "").split(","))
        moment = parts.get("t", "")
        if not (moment.isascii() and moment.isdigit()):
            msg = "no signature"
            raise SignatureInvalid(msg)
        require_sha256(secret, moment.encode() + b"." + body, parts.get("s", ""))

    def parse(self, account: Account, body: bytes, *, content_type: str) -> Webhook:  # noqa: ARG002
        """Read a webhook."""
        return parse(account.provider_ref, body)

    def send(self, account: Account, message: Outgoing) -> str:
        """Send one message; a file is uploaded first."""
        uploads = message.media is not None and message.template is None
        media = {"id": self._upload(account, message.media)} if uploads and message.media else None
        by_number = reading.is_number(message.to)
        answer = self._post(
            account,
            "/whatsapp/messages/sendDirectly",
            sends=True,
            json={
                "from": _number(account),
                "to" if by_number else "recipient": f"+{message.to}" if by_number else message.to,
                "externalId": message.reference,
                **content_for(message, media),
            },
        )
        message_id = reading.identifier(answer.get("wamid")) or reading.identifier(answer.get("id"))
        if message_id is None:
            raise SendFailed(Decision.RETRY, "answer_invalid", uncertain=True)
        return message_id

    def mark_read(self, account: Account, provider_message_id: str, address: str, *, typing: bool) -> None:  # noqa: ARG002
        """Mark as read; to show the typing sign does so too."""
        what = "typing" if typing else "markAsRead"
        self._post(account, f"/whatsapp/inboundMessages/{quote(provider_message_id, safe='')}/{what}")

    @contextmanager
    def fetch(self, account: Account, media: MediaRef) -> Iterator[Fetched]:
        """Open the link of the webhook: open to all for minutes, to our key for about a month."""
        if media.url is None:
            raise MediaUnavailable("unavailable")
        with self._caller.open(account, media.url, hosts=HOSTS, headers=_key(account), sha256=media.sha256) as fetched:
            yield fetched

    def probe(self, account: Account) -> None:
        """Ask for the balance, as every key may."""
        self._caller.call(account, "GET", "/balance", headers=_key(account))

    def close(self) -> None:
        """Close the connections."""
        self._caller.close()

    def _upload(self, account: Account, media: OutboundMedia) -> str:
        answer = self._post(
            account,
            f"/whatsapp/media/{_number(account)}/upload",
            files={"file": (media.filename or media.kind, media.data, media.content_type)},
        )
        media_id = reading.identifier(answer.get("id"))
        if media_id is None:
            raise SendFailed(Decision.RETRY, "answer_invalid")
        return media_id

    def _post(self, account: Account, path: str, *, sends: bool = False, **options: Any) -> dict[str, Any]:
        return self._caller.call(account, "POST", path, headers=_key(account), sends=sends, **options)


def _key(account: Account) -> dict[str, str]:
    return {"X-API-Key": account.credentials["api_key"]}


def _number(account: Account) -> str:
    digits = reading.digits_of(account.provider_ref)
    if digits is None:
        raise SendFailed(Decision.STOP, "account_invalid")
    return f"+{digits}"
