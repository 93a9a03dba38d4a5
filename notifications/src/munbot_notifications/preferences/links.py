"""The link in each mail to citizens that stops such mails (RFC 8058). It names the address, sealed."""

from dataclasses import dataclass

from munbot_notifications.vault import Vault

PATH = "/api/notifications/v1/public/unsubscribe"
_PURPOSE = "unsubscribe"


@dataclass(frozen=True, slots=True)
class Unsubscription:
    """Whose mails stop."""

    tenant: str
    channel: str
    address: str


def unsubscribe_url(vault: Vault, public_url: str, wish: Unsubscription) -> str:
    """Return the link."""
    token = vault.seal_values(_PURPOSE, tenant=wish.tenant, channel=wish.channel, address=wish.address)
    return f"{public_url.rstrip('/')}{PATH}?token={token}"


def opened(vault: Vault, token: str) -> Unsubscription:
    """Return what a link says.

    Raises:
        ValueError: it was not made by us.
    """
    return Unsubscription(**vault.open_values(_PURPOSE, token))
