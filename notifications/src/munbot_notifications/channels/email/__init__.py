"""E-mail, by SMTP."""

from munbot_notifications.channels.email.smtp import EmailChannel

__all__ = ["EmailChannel"]
