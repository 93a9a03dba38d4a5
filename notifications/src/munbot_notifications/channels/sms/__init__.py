"""SMS, by Twilio's Messages API or one of its shape: `POST /2010-04-01/Accounts/{account}/Messages.json`."""

from typing import Any, ClassVar
from urllib.parse import quote

import httpx

from munbot_notifications.channels.base import AddressRefused, ChannelAway, Outgoing, Permanent, Retryable

__all__ = ["SmsChannel"]

MAX_TEXT = 612
"""Four parts of 153 characters."""
_OPTED_OUT = 21610
_NO_SUCH_NUMBER = frozenset({21211, 21214, 21217, 21219, 21614})
"""Twilio's error dictionary: https://www.twilio.com/docs/api/errors"""


class SmsChannel:
    """Hands messages to the provider. It has no idempotency key, so that one whose answer was lost may come twice.

    Args:
        url: base address, such as `https://api.twilio.com`.
        account: the account's id.
        token: its token.
        sender: the number or name that messages come from.
        transport: for tests.
    """

    name: ClassVar[str] = "sms"
    recognised: ClassVar[bool] = False

    def __init__(
        self, url: str, *, account: str, token: str, sender: str, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._sender = sender
        self._path = f"/2010-04-01/Accounts/{quote(account, safe='')}/Messages.json"
        self._http = httpx.Client(base_url=url, auth=(account, token), timeout=15.0, transport=transport)

    def send(self, message: Outgoing) -> str | None:
        """Hand a message over; return the provider's id of it.

        Raises:
            ChannelAway: the provider cannot be reached, or does not know our account.
            Retryable: not now.
            AddressRefused, Permanent: never.
        """
        form = {"To": message.address, "From": self._sender, "Body": message.filled.short[:MAX_TEXT]}
        try:
            response = self._http.post(self._path, data=form)
        except httpx.ConnectError as error:
            code = "sms_unreachable"
            raise ChannelAway(code) from error
        except httpx.TransportError as error:
            raise Retryable(f"sms_{type(error).__name__.lower()}") from error
        body = _json(response)
        if response.is_success:
            return str(body.get("sid", "")) or None
        if response.status_code in {401, 403}:
            raise ChannelAway(f"sms_{response.status_code}")
        if response.status_code == 429 or response.status_code >= 500:
            raise Retryable(f"sms_{response.status_code}")
        number = body.get("code")
        if number == _OPTED_OUT:
            raise AddressRefused(f"sms_{number}", "opted_out")
        if number in _NO_SUCH_NUMBER:
            raise AddressRefused(f"sms_{number}")
        raise Permanent(f"sms_{number or response.status_code}")

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
