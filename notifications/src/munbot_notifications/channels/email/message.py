"""A mail as MIME: text and HTML of the same words, the calendar file, and the headers that mail programs act on."""

from datetime import UTC
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from munbot_notifications.channels.base import Outgoing

CALENDAR_FILE = "hora.ics"
_POLICY = SMTP.clone(max_line_length=400)  # subjects stay on one line; RFC 5322 allows 998 characters


def message_id(message: Outgoing, domain: str) -> str:
    """Return the mail's Message-ID: the same at every attempt, so that a repetition is recognised."""
    return f"<{message.id}@{domain}>"


def mime(message: Outgoing, *, mail_from: str) -> EmailMessage:
    """Return the mail.

    Args:
        message: what is sent.
        mail_from: the address that it comes from.
    """
    user, _, domain = mail_from.rpartition("@")
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = Address(_one_line(message.sender), user, domain)
    mail["To"] = message.address
    mail["Subject"] = message.filled.subject
    mail["Date"] = format_datetime(message.created_at.astimezone(UTC))
    mail["Message-ID"] = message_id(message, domain)
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday replies, please
    mail["X-Auto-Response-Suppress"] = "All"
    if message.unsubscribe_url:  # RFC 8058: one click
        mail["List-Unsubscribe"] = f"<{message.unsubscribe_url}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(message.filled.text, cte="quoted-printable")
    mail.add_alternative(message.filled.html, subtype="html", cte="quoted-printable")
    if message.calendar:
        mail.add_attachment(
            message.calendar.content.encode(),
            maintype="text",
            subtype="calendar",
            filename=CALENDAR_FILE,
            params={"method": message.calendar.method, "charset": "utf-8"},
        )
    return mail


def _one_line(text: str) -> str:
    return " ".join(text.split())
