"""Evolution as a provider."""

import base64
import binascii
import ipaddress
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import httpx
import jwt

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
from munbot_whatsapp.providers.evolution.errors import refusal_of
from munbot_whatsapp.providers.evolution.payloads import parse
from munbot_whatsapp.providers.http import PIECE, Caller
from munbot_whatsapp.providers.meta.messages import content_for
from munbot_whatsapp.providers.signing import same, secret_of

MEDIA_MAX = 32 * 1024 * 1024
"""Files come as base64 within JSON, so whole: what says that it is larger is not asked for."""
TYPING_MS = 1_000
CLOCKS_APART = 60
"""Seconds that Evolution's clock may go before ours, or after."""


class EvolutionProvider:
    """Evolution API. It signs nothing: its webhook carries a secret, and only from where the account allows it.

    Buttons and lists are not shown reliably by Baileys, and its Cloud API channel loses their ids: never used.
    """

    name = "evolution"
    default_base_url = "http://evolution-api:8080"
    required_credentials = frozenset({"api_key", "webhook_secret"})
    shows_buttons = False
    has_window = False
    text_limit = 4_096

    def __init__(self, *, timeout: float = 10.0, transport: httpx.BaseTransport | None = None) -> None:
        self._caller = Caller(timeout=timeout, judge=refusal_of, transport=transport)

    def challenge(self, account: Account, query: Mapping[str, str]) -> str | None:  # noqa: ARG002
        """There is none."""
        return None

    def verify(self, account: Account, *, headers: Mapping[str, str], body: bytes, url: str, remote: str) -> None:  # noqa: ARG002
        """Check the bearer of the Authorization header, our secret or a JWT signed with it; and where it comes from."""
        secret = secret_of(account, "webhook_secret")
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not (same(given, secret.decode()) or _is_jwt(given, secret)):
            msg = "the secret is another one"
            raise SignatureInvalid(msg)
        if (allowed := account.options.get("allowed_ips")) and not _within(remote, allowed):
            msg = "not from an allowed address"
            raise SignatureInvalid(msg)

    def parse(self, account: Account, body: bytes, *, content_type: str) -> Webhook:  # noqa: ARG002
        """Read a webhook."""
        return parse(account.provider_ref, body)

    def send(self, account: Account, message: Outgoing) -> str:
        """Send one message; templates exist only in its Cloud API channel, elsewhere their words are sent."""
        route, content = _content(account, message)
        answer = self._post(account, f"message/{route}", {"number": message.to, **content}, sends=True)
        key_id = reading.identifier(reading.section(answer, "key").get("id"))
        if key_id is None:
            raise SendFailed(Decision.RETRY, "answer_invalid", uncertain=True)
        return key_id

    def mark_read(self, account: Account, provider_message_id: str, address: str, *, typing: bool) -> None:
        """Mark as read, and show the typing sign for a moment."""
        jid = address if "@" in address else f"{address}@s.whatsapp.net"
        read = {"readMessages": [{"remoteJid": jid, "fromMe": False, "id": provider_message_id}]}
        self._post(account, "chat/markMessageAsRead", read)
        if typing:
            presence = {"number": address, "presence": "composing", "delay": TYPING_MS}
            self._post(account, "chat/sendPresence", presence)

    @contextmanager
    def fetch(self, account: Account, media: MediaRef) -> Iterator[Fetched]:
        """Have Evolution decrypt the file; where WhatsApp keeps it, it lies encrypted."""
        if media.size is not None and media.size > MEDIA_MAX:
            raise MediaUnavailable("too_large")
        asked = {"message": {"key": {"id": media.ref}}, "convertToMp4": False}
        try:
            answer = self._post(account, "chat/getBase64FromMediaMessage", asked)
            data = base64.b64decode(str(answer.get("base64") or ""), validate=True)
        except SendFailed as error:
            temporary = error.decision is not Decision.PERMANENT
            raise MediaUnavailable("unavailable", temporary=temporary) from error
        except binascii.Error:
            data = b""
        if not data:
            raise MediaUnavailable("unavailable")
        yield Fetched(
            content_type=reading.some_text(answer.get("mimetype"), 100) or "application/octet-stream",
            size=len(data),
            pieces=(data[start : start + PIECE] for start in range(0, len(data), PIECE)),
        )

    def probe(self, account: Account) -> None:
        """Ask whether the instance is connected to WhatsApp."""
        path = f"/instance/connectionState/{quote(account.provider_ref, safe='')}"
        answer = self._caller.call(account, "GET", path, headers=_key(account))
        state = reading.section(answer, "instance").get("state")
        if state != "open":
            waiting = state == "connecting"
            raise SendFailed(
                Decision.RETRY if waiting else Decision.STOP, "instance_connecting" if waiting else "instance_closed"
            )

    def close(self) -> None:
        """Close the connections."""
        self._caller.close()

    def _post(self, account: Account, route: str, body: dict[str, Any], *, sends: bool = False) -> dict[str, Any]:
        path = f"/{route}/{quote(account.provider_ref, safe='')}"
        return self._caller.call(account, "POST", path, headers=_key(account), json=body, sends=sends)


def _key(account: Account) -> dict[str, str]:
    return {"apikey": account.credentials["api_key"]}


def _is_jwt(given: str, secret: bytes) -> bool:
    try:
        claims = jwt.decode(given, secret, algorithms=["HS256"], leeway=CLOCKS_APART, options={"require": ["exp"]})
    except jwt.PyJWTError:
        return False
    return claims.get("app") == "evolution" and claims.get("action") == "webhook"


def _within(remote: str, allowed: Any) -> bool:
    networks = allowed if isinstance(allowed, list) else []
    try:
        address = ipaddress.ip_address(remote)
        return any(address in ipaddress.ip_network(str(network), strict=False) for network in networks)
    except ValueError:
        return False


def _content(account: Account, message: Outgoing) -> tuple[str, dict[str, Any]]:
    """Return the route and what it takes beside the number."""
    if message.template is not None and account.options.get("cloud"):
        template = content_for(message, None)["template"]
        return "sendTemplate", {
            "name": template["name"],
            "language": template["language"]["code"],
            "components": template["components"],
        }
    if message.template is None and message.media is not None:
        return _file(message.media, message.text)
    if message.template is None and message.location is not None:
        point = message.location
        place = f"{point.latitude:.6f}, {point.longitude:.6f}"  # Evolution takes no location without name and address
        return "sendLocation", {
            "latitude": point.latitude,
            "longitude": point.longitude,
            "name": point.name or place,
            "address": point.address or place,
        }
    if not message.text:
        raise SendFailed(Decision.PERMANENT, "nothing_to_send")
    return "sendText", {"text": message.text, "linkPreview": False}


def _file(media: OutboundMedia, caption: str) -> tuple[str, dict[str, Any]]:
    data = base64.b64encode(media.data).decode()
    if media.kind == "audio":
        return "sendWhatsAppAudio", {"audio": data, "encoding": not media.content_type.startswith("audio/ogg")}
    about = {"mediatype": media.kind, "mimetype": media.content_type, "media": data}
    if caption:
        about["caption"] = caption
    if media.filename:
        about["fileName"] = media.filename
    return "sendMedia", about
