"""Twilio as a provider."""

import base64
import json
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
    Outgoing,
    PayloadInvalid,
    SendFailed,
    SignatureInvalid,
    Template,
    Webhook,
)
from munbot_whatsapp.providers.http import Caller, Hosts
from munbot_whatsapp.providers.signing import secret_of
from munbot_whatsapp.providers.twilio import signature
from munbot_whatsapp.providers.twilio.errors import refusal_of
from munbot_whatsapp.providers.twilio.payloads import PREFIX, form_of, parse

HOSTS = Hosts(own=("api.twilio.com",), others=("*.twiliocdn.com", "s3-external-1.amazonaws.com", "*.s3.amazonaws.com"))
FORM = "application/x-www-form-urlencoded"


class TwilioProvider:
    """Twilio. Buttons and lists exist only as templates made before, so a numbered text takes their place.

    Files are fetched by Twilio from an address, so one without an address cannot be sent. It gives no reference back.
    """

    name = "twilio"
    default_base_url = "https://api.twilio.com"
    required_credentials = frozenset({"account_sid", "auth_token"})
    shows_buttons = False
    has_window = True
    text_limit = 1_600

    def __init__(self, *, timeout: float = 10.0, transport: httpx.BaseTransport | None = None) -> None:
        self._caller = Caller(timeout=timeout, judge=refusal_of, transport=transport)

    def challenge(self, account: Account, query: Mapping[str, str]) -> str | None:  # noqa: ARG002
        """There is none."""
        return None

    def verify(self, account: Account, *, headers: Mapping[str, str], body: bytes, url: str, remote: str) -> None:  # noqa: ARG002
        """Check X-Twilio-Signature, which covers the address too: `url` is the one that Twilio was given."""
        token = secret_of(account, "auth_token")
        try:
            signature.require(token, url, form_of(body), headers.get("x-twilio-signature", ""))
        except PayloadInvalid:
            msg = "no form, so not signed as one"
            raise SignatureInvalid(msg) from None

    def parse(self, account: Account, body: bytes, *, content_type: str) -> Webhook:
        """Read a webhook."""
        if content_type.partition(";")[0].strip().lower() != FORM:
            msg = "no form"
            raise PayloadInvalid(msg)
        return parse(account.provider_ref, body)

    def send(self, account: Account, message: Outgoing) -> str:
        """Send one message."""
        form = {"From": PREFIX + _number(account), "To": PREFIX + _to(message.to), **_content(account, message)}
        answer = self._caller.call(
            account, "POST", f"{_path(account)}/Messages.json", headers=_basic(account), sends=True, data=form
        )
        sid = reading.identifier(answer.get("sid"))
        if sid is None:
            raise SendFailed(Decision.RETRY, "answer_invalid", uncertain=True)
        return sid

    def mark_read(self, account: Account, provider_message_id: str, address: str, *, typing: bool) -> None:
        """Do nothing: Twilio's messages cannot be marked as read."""

    @contextmanager
    def fetch(self, account: Account, media: MediaRef) -> Iterator[Fetched]:
        """Open the address of the webhook, which leads on to Twilio's store; our token stays with Twilio."""
        if media.url is None:
            raise MediaUnavailable("unavailable")
        with self._caller.open(account, media.url, hosts=HOSTS, headers=_basic(account)) as fetched:
            yield fetched

    def probe(self, account: Account) -> None:
        """Ask for the account."""
        self._caller.call(account, "GET", f"{_path(account)}.json", headers=_basic(account))

    def close(self) -> None:
        """Close the connections."""
        self._caller.close()


def _path(account: Account) -> str:
    return f"/2010-04-01/Accounts/{quote(account.credentials['account_sid'], safe='')}"


def _basic(account: Account) -> dict[str, str]:
    pair = f"{account.credentials['account_sid']}:{account.credentials['auth_token']}"
    return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def _to(address: str) -> str:
    return f"+{address}" if reading.is_number(address) else address


def _number(account: Account) -> str:
    digits = reading.digits_of(account.provider_ref.removeprefix(PREFIX))
    if digits is None:
        raise SendFailed(Decision.STOP, "account_invalid")
    return f"+{digits}"


def _content(account: Account, message: Outgoing) -> dict[str, str]:
    if message.template is not None:
        return _template(account, message.template)
    content = {"Body": message.text} if message.text else {}
    if message.media is not None:
        if message.media.url is None:
            raise SendFailed(Decision.PERMANENT, "media_without_address")
        content["MediaUrl"] = message.media.url
    elif message.location is not None:
        point = message.location
        place = f"{point.latitude:.6f},{point.longitude:.6f}"
        content["PersistentAction"] = f"geo:{place}" + (f"|{point.name}" if point.name else "")
        content.setdefault("Body", point.address or point.name or place)  # Twilio takes no location without words
    if not content:
        raise SendFailed(Decision.PERMANENT, "nothing_to_send")
    return content


def _template(account: Account, template: Template) -> dict[str, Any]:
    """Return a template by its ContentSid: variables 1… are its parameters, those after them its buttons' payloads."""
    templates = account.options.get("templates")
    sid = templates.get(template.name) if isinstance(templates, dict) else None
    if not isinstance(sid, str):
        raise SendFailed(Decision.PERMANENT, "template_unknown")
    variables = {str(number): value for number, value in enumerate((*template.parameters, *template.buttons), start=1)}
    return {"ContentSid": sid, "ContentVariables": json.dumps(variables, ensure_ascii=False)}
