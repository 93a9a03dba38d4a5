"""The demo's mailbox, whichever way the platform runs: Mailpit behind nginx, or a folder with a file for each mail."""

from __future__ import annotations

import email
import email.policy
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx
from e2e_support import Booking, until
from icalendar import Calendar


class Mailbox:
    """What the mail server of the demo has taken."""

    def __init__(self, base_url: str) -> None:
        folder = os.environ.get("MUNBOT_TEST_MAIL_DIR")
        contained = os.environ.get("MUNBOT_TEST_ENGINE") == "containers"
        self._folder = Path(folder) / "new" if folder and not contained else None
        self._api = f"{base_url}/mailpit/api/v1"

    def to(self, address: str) -> list[EmailMessage]:
        """Read all mails to an address of this test's own."""
        raw = self._kept() if self._folder else self._shown(address)
        mails = [email.message_from_bytes(content, policy=email.policy.default) for content in raw]
        return [mail for mail in mails if address in str(mail["To"])]

    def _kept(self) -> list[bytes]:
        return [path.read_bytes() for path in self._folder.glob("*")]

    def _shown(self, address: str) -> list[bytes]:
        listed = httpx.get(f"{self._api}/search", params={"query": f"to:{address}"}, timeout=30)
        if listed.status_code in {502, 503, 504}:  # on its way back
            return []
        assert listed.status_code == 200, listed.text
        return [
            httpx.get(f"{self._api}/message/{item['ID']}/raw", timeout=30).content for item in listed.json()["messages"]
        ]


@dataclass
class MailedBooking(Booking):
    """A citizen who leaves an e-mail address where others leave a telephone."""

    def __post_init__(self) -> None:
        self.address = f"marcela-{secrets.token_hex(6)}@correo.example"

    def go_on(
        self, bubbles: list[dict[str, Any]], say: Callable[..., list[dict[str, Any]]]
    ) -> tuple[bool, list[dict[str, Any]]]:
        """Take the next step; tells whether the hour is booked by now."""
        question = bubbles[-1]
        if "teléfono" in question["text"].lower() and not question.get("buttons"):
            self.turns += 1
            return False, say(self.address)
        return super().go_on(bubbles, say)


def states_of(official: httpx.Client, appointment: dict[str, Any]) -> list[str]:
    """Return how far the mail about a booking is: one state for each there is."""
    query = {"subject_id": appointment["id"], "purpose": "appointment_booked"}
    answer = official.get("/api/notifications/v1/notifications", params=query)
    assert answer.status_code == 200, answer.text
    return [item["state"] for item in answer.json()["items"]]


def check_one_mail(official: httpx.Client, appointment: dict[str, Any], mailbox: Mailbox) -> None:
    """Wait until a booking's mail was handed over; fail unless one came, with the hour for the citizen's calendar."""
    address = appointment["citizen"]["email"]
    until(lambda: states_of(official, appointment) == ["sent"], f"the mail to {address} handed over")
    mails = until(lambda: mailbox.to(address), f"the mail to {address} in the mailbox")
    assert len(mails) == 1, [mail["Subject"] for mail in mails]
    assert appointment["code"] in mails[0].get_body(("plain",)).get_content()
    files = [part for part in mails[0].walk() if part.get_content_type() == "text/calendar"]
    assert len(files) == 1, [part.get_content_type() for part in mails[0].walk()]
    (event,) = Calendar.from_ical(files[0].get_payload(decode=True)).walk("VEVENT")
    assert event["UID"] == f"{appointment['id']}@munbot"
    assert event.decoded("DTSTART") == datetime.fromisoformat(appointment["start"])
