"""A mail as MIME: text and HTML of the same words, the calendar file, and the headers that mail programs act on."""

from binascii import b2a_qp
from datetime import UTC
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache
from typing import Any

from munbot_notifications.channels.base import Outgoing

CALENDAR_FILE = "hora.ics"
_BOUNDARY = "=_munbot"
"""Cannot stand in a part: quoted-printable writes `=` as `=3D` (RFC 2045, 6.7)."""
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
    mail["From"] = _from(message.sender, user, domain)
    mail["To"] = message.address
    mail["Subject"] = message.filled.subject
    mail["Date"] = format_datetime(message.created_at.astimezone(UTC))
    mail["Message-ID"] = message_id(message, domain)
    _always(mail, ("Auto-Submitted", "auto-generated"))  # RFC 3834: no holiday replies, please
    _always(mail, ("X-Auto-Response-Suppress", "All"))
    if message.unsubscribe_url:  # RFC 8058: one click
        mail["List-Unsubscribe"] = f"<{message.unsubscribe_url}>"
        _always(mail, ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    _always(mail, ("MIME-Version", "1.0"), ("Content-Type", f'multipart/alternative; boundary="{_BOUNDARY}"'))
    mail.attach(_part("plain", message.filled.text))
    mail.attach(_part("html", message.filled.html))
    if message.calendar:
        mail.add_attachment(
            message.calendar.content.encode(),
            maintype="text",
            subtype="calendar",
            filename=CALENDAR_FILE,
            params={"method": message.calendar.method, "charset": "utf-8"},
        )
    return mail


def _part(kind: str, text: str) -> EmailMessage:
    part = EmailMessage(policy=_POLICY)
    _always(part, ("Content-Type", f'text/{kind}; charset="utf-8"'), ("Content-Transfer-Encoding", "quoted-printable"))
    part.set_payload(b2a_qp(f"{text}\n".encode(), istext=True).decode("ascii"))
    return part


def _always(part: EmailMessage, *headers: tuple[str, str]) -> None:
    """Add headers that are alike in all mails: to parse them for each costs more than to fill the template."""
    for name, value in headers:
        part[name] = _parsed(name, value)


@lru_cache(maxsize=64)
def _parsed(name: str, value: str) -> Any:
    return _POLICY.header_factory(name, value)


@lru_cache(maxsize=512)
def _from(sender: str, user: str, domain: str) -> Any:
    return _POLICY.header_factory("From", Address(_one_line(sender), user, domain))


def _one_line(text: str) -> str:
    return " ".join(text.split())
