"""Officials' chats and others, by apprise: Telegram, Slack, Teams and so on, one URL each."""

from typing import ClassVar

import apprise

from munbot_notifications.channels.base import Outgoing, Permanent, Retryable

__all__ = ["AppriseChannel", "is_channel"]


class AppriseChannel:
    """Hands messages to whatever an apprise URL names. It cannot tell a repetition, nor why one was refused."""

    name: ClassVar[str] = "apprise"
    recognised: ClassVar[bool] = False

    def send(self, message: Outgoing) -> str | None:
        """Hand a message over.

        Raises:
            Retryable: not taken.
            Permanent: the URL names nothing that apprise knows.
        """
        service = apprise.Apprise.instantiate(message.address, suppress_exceptions=True)
        if service is None:
            code = "apprise_url_invalid"
            raise Permanent(code)
        title = f"{message.sender}: {message.filled.subject}"
        if not service.notify(body=message.filled.short, title=title, body_format=apprise.NotifyFormat.TEXT):
            code = "apprise_refused"
            raise Retryable(code)
        return None

    def close(self) -> None:
        """Nothing is kept."""


def is_channel(url: str, schemes: frozenset[str]) -> bool:
    """Whether a URL is of an allowed scheme and complete."""
    scheme = url.partition("://")[0].lower()
    return scheme in schemes and apprise.Apprise.instantiate(url, suppress_exceptions=True) is not None
