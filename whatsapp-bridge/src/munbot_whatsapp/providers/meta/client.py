"""The Cloud API as a provider."""

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
    Webhook,
)
from munbot_whatsapp.providers.http import Caller, Hosts, body_of, by_status, retry_after
from munbot_whatsapp.providers.meta.errors import verdict_of
from munbot_whatsapp.providers.meta.messages import content_for
from munbot_whatsapp.providers.meta.payloads import parse
from munbot_whatsapp.providers.signing import require_sha256, same, secret_of

API_VERSION = "v23.0"
HOSTS = Hosts(own=("graph.facebook.com", "lookaside.fbsbx.com"), others=("*.fbcdn.net", "*.whatsapp.net"))


class MetaProvider:
    """Meta's Cloud API. Media ids are resolved anew each time, as their addresses die after 5 minutes."""

    name = "meta"
    default_base_url = "https://graph.facebook.com"
    required_credentials = frozenset({"access_token", "app_secret", "verify_token"})
    shows_buttons = True
    has_window = True
    text_limit = 4_096

    def __init__(self, *, timeout: float = 10.0, transport: httpx.BaseTransport | None = None) -> None:
        self._caller = Caller(timeout=timeout, judge=_refusal, transport=transport)

    def challenge(self, account: Account, query: Mapping[str, str]) -> str | None:
        """Answer the verification of a new webhook."""
        if query.get("hub.mode") != "subscribe":
            return None
        if not same(account.credentials.get("verify_token", ""), query.get("hub.verify_token", "")):
            return None
        return query.get("hub.challenge")

    def verify(self, account: Account, *, headers: Mapping[str, str], body: bytes, url: str, remote: str) -> None:  # noqa: ARG002
        """Check X-Hub-Signature-256: HMAC-SHA256 of the raw body with the app's secret."""
        given = headers.get("x-hub-signature-256", "").removeprefix("sha256=")
        require_sha256(secret_of(account, "app_secret"), body, given)

    def parse(self, account: Account, body: bytes, *, content_type: str) -> Webhook:  # noqa: ARG002
        """Read a webhook."""
        return parse(account.provider_ref, body)

    def send(self, account: Account, message: Outgoing) -> str:
        """Send one message; a file is uploaded first."""
        uploads = message.media is not None and message.template is None
        media = {"id": self._upload(account, message.media)} if uploads and message.media else None
        answer = self._post(
            account,
            "messages",
            sends=True,
            json={
                "messaging_product": "whatsapp",
                "recipient_type": "individual",
                "to" if reading.is_number(message.to) else "recipient": message.to,
                "biz_opaque_callback_data": message.reference,
                **content_for(message, media),
            },
        )
        sent = reading.sections(answer.get("messages"))
        wamid = reading.identifier(sent[0].get("id")) if sent else None
        if wamid is None:
            raise SendFailed(Decision.RETRY, "answer_invalid", uncertain=True)
        return wamid

    def mark_read(self, account: Account, provider_message_id: str, address: str, *, typing: bool) -> None:  # noqa: ARG002
        """Mark as read; the typing sign goes away with our answer or after 25 seconds."""
        body: dict[str, Any] = {
            "messaging_product": "whatsapp",
            "status": "read",
            "message_id": provider_message_id,
        }
        if typing:
            body["typing_indicator"] = {"type": "text"}
        self._post(account, "messages", json=body)

    @contextmanager
    def fetch(self, account: Account, media: MediaRef) -> Iterator[Fetched]:
        """Ask where the file lies now, and open it."""
        try:
            found = self._caller.call(account, "GET", _path(account, media.ref), headers=_bearer(account))
        except SendFailed as error:
            temporary = error.decision is not Decision.PERMANENT
            raise MediaUnavailable("unavailable", temporary=temporary) from error
        address = found.get("url")
        if not isinstance(address, str):
            raise MediaUnavailable("unavailable")
        sha256 = reading.identifier(found.get("sha256"), 100) or media.sha256
        with self._caller.open(account, address, hosts=HOSTS, headers=_bearer(account), sha256=sha256) as fetched:
            yield fetched

    def probe(self, account: Account) -> None:
        """Ask for the number."""
        self._caller.call(
            account,
            "GET",
            _path(account, account.provider_ref),
            headers=_bearer(account),
            params={"fields": "display_phone_number,quality_rating"},
        )

    def close(self) -> None:
        """Close the connections."""
        self._caller.close()

    def _upload(self, account: Account, media: OutboundMedia) -> str:
        answer = self._post(
            account,
            "media",
            data={"messaging_product": "whatsapp", "type": media.content_type},
            files={"file": (media.filename or media.kind, media.data, media.content_type)},
        )
        media_id = reading.identifier(answer.get("id"))
        if media_id is None:
            raise SendFailed(Decision.RETRY, "answer_invalid")
        return media_id

    def _post(self, account: Account, what: str, *, sends: bool = False, **options: Any) -> dict[str, Any]:
        path = f"{_path(account, account.provider_ref)}/{what}"
        return self._caller.call(account, "POST", path, headers=_bearer(account), sends=sends, **options)


def _path(account: Account, thing: str) -> str:
    return f"/{account.options.get('api_version') or API_VERSION}/{quote(thing, safe='')}"


def _bearer(account: Account) -> dict[str, str]:
    return {"Authorization": f"Bearer {account.credentials['access_token']}"}


def _refusal(response: httpx.Response) -> SendFailed | None:
    """Read Graph's error object."""
    error = reading.section(body_of(response), "error")
    code = reading.identifier(error.get("code"), 20)
    if code is None:
        return None
    details = reading.some_text(reading.section(error, "error_data").get("details"))
    detail = details or reading.text(error.get("message"), 300)
    verdict = verdict_of(code)
    if verdict is not None:
        return SendFailed(verdict.decision, code, detail=detail, retry_after=retry_after(response) or verdict.wait)
    guess = by_status(response, sends=False)
    passing = guess.decision is not Decision.RETRY or response.status_code >= 500
    return SendFailed(
        guess.decision if passing else Decision.PERMANENT, code, detail=detail, retry_after=guess.retry_after
    )
