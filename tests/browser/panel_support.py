"""An official in front of the staff's pages, and what they find there."""

from __future__ import annotations

import csv
import io
import json
import random
import re
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from browser_support import PATIENCE_MS, Chat, Platform, new_rut
from playwright.sync_api import BrowserContext, Download, Locator, Page, expect

CONVERSATIONS = "/api/conversations/v1/conversations"
COMPLAINTS = "/api/complaints/v1/complaints"
APPOINTMENTS = "/api/scheduler/v1/appointments"
PROCEDURE = "certificado-numero"
"""One person at a time, a quarter of an hour each: one booking fills a slot."""
LONG_WORD = "otorrinolaringólogo" * 8
MARKUP = '<munbot-injected></munbot-injected><img src="x" onerror="alert(1)"><script>alert(2)</script><b>negrita</b>'
"""What must stay text. An alert fails every test by itself."""


def begin_session(context: BrowserContext, answer: dict[str, Any]) -> None:
    """Let the pages of a browser find the session that a log-in began; an ended one stays ended."""
    expires = int((time.time() + answer["expires_in"]) * 1000)
    session = {"token": answer["access_token"], "expiresAt": expires, "me": answer["agent"]}
    context.add_init_script(
        f"""if (location.pathname.startsWith("/panel") && !sessionStorage.getItem("begun")) {{
            sessionStorage.setItem("begun", "yes");
            sessionStorage.setItem("munbot.panel.session", {json.dumps(json.dumps(session))});
        }}"""
    )


def messages(page: Page) -> Locator:
    """The thread of a conversation."""
    return page.get_by_role("log", name="Mensajes")


def write(page: Page, text: str) -> None:
    """Answer a citizen, and see it in the thread."""
    page.get_by_role("textbox", name="Su mensaje").fill(text)
    page.get_by_role("button", name="Enviar", exact=True).click()
    expect(messages(page)).to_contain_text(text)


def banner(page: Page) -> Locator:
    """The notice that nothing arrives by itself."""
    return page.get_by_text("Sin conexión con la oficina virtual.")


def greeted(chat: Chat, platform: Platform) -> str:
    """Begin a conversation; return its id."""
    chat.say("hola", "asistente")
    return platform.conversation_of(chat.page)


def thread_of(platform: Platform, conversation_id: str) -> list[dict[str, Any]]:
    """Return the stored messages of a conversation."""
    found: list[dict[str, Any]] = platform.ask("GET", f"{CONVERSATIONS}/{conversation_id}/messages")["items"]
    return found


def complaint_of(platform: Platform, *, conversation_id: str | None = None, **changes: Any) -> dict[str, Any]:
    """File a citizen's complaint; return it as the office sees it."""
    body = {
        "category": "aseo.retiro_basura",
        "description": "No pasa el camión de la basura",
        "citizen": {"rut": new_rut(), "name": "Marcela Soto", "phone": "+56 9 8765 4321"},
        "place": {"address": "Los Quillayes 310"},
        "conversation_id": conversation_id,
    }
    receipt = platform.ask("POST", COMPLAINTS, json={**body, **changes})
    found: dict[str, Any] = platform.ask("GET", f"{COMPLAINTS}/{receipt['folio']}")
    return found


@dataclass(frozen=True)
class QuietDay:
    """A day of an office on which nobody has an hour, with its free starts."""

    office_id: str
    day: str
    starts: tuple[str, ...]

    def address(self, view: str = "dia") -> str:
        """Return where the agenda shows this day, of this office alone."""
        return f"/panel/agenda?vista={view}&fecha={self.day}&oficina={self.office_id}"


@dataclass
class Bookings:
    """Hours that a test booked by the API."""

    platform: Platform
    made: list[str] = field(default_factory=list)

    def quiet_day(self) -> QuietDay:
        """Find a day some weeks ahead that is nobody's yet."""
        today = datetime.now(UTC).date()
        first = today + timedelta(days=random.randint(12, 24))
        span = {"from": first.isoformat(), "to": (first + timedelta(days=25)).isoformat()}
        query = {"procedure_id": PROCEDURE, "limit": 500, **span}
        slots = self.platform.ask("GET", "/api/scheduler/v1/slots", params=query)["items"]
        taken = self.platform.ask("GET", APPOINTMENTS, params={"live": True, "limit": 500, **span})["items"]
        busy = {(one["office"]["id"], one["start"][:10]) for one in taken}
        days = defaultdict(list)
        for slot in slots:
            days[slot["office_id"], slot["start"][:10]].append(slot["start"])
        per_day = Counter({place: len(starts) for place, starts in days.items() if place not in busy})
        most = max(per_day.values())
        office_id, day = random.choice([place for place, count in per_day.items() if count == most])
        return QuietDay(office_id, day, tuple(days[office_id, day]))

    def book(self, start: str, office_id: str, *, name: str = "Marcela Soto", **more: Any) -> dict[str, Any]:
        """Book an hour for somebody new."""
        citizen = {"rut": new_rut(), "name": name, "phone": "+56 9 8765 4321"}
        body = {"procedure_id": PROCEDURE, "office_id": office_id, "start": start, "citizen": citizen, **more}
        made: dict[str, Any] = self.platform.ask("POST", APPOINTMENTS, json=body)
        self.made.append(made["id"])
        return made

    def now(self, appointment: dict[str, Any]) -> dict[str, Any]:
        """Return an appointment as the scheduler has it now."""
        found: dict[str, Any] = self.platform.ask("GET", f"{APPOINTMENTS}/{appointment['id']}")
        return found

    def cancel_all(self) -> None:
        """Give all hours back; one that is cancelled already is none to give."""
        for one in self.made:
            self.platform.staff().post(f"{APPOINTMENTS}/{one}/cancel", json={})


def rows_of(download: Download) -> list[dict[str, str]]:
    """Read a downloaded table as a spreadsheet in Chile does: UTF-8 with its mark, semicolons."""
    text = Path(download.path()).read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def card(page: Page, name: str) -> Locator:
    """An appointment on the agenda."""
    return page.get_by_role("button", name=re.compile(name)).and_(page.locator(".fc-event"))


def lane(page: Page, clock: str) -> Locator:
    """The row of a time (`09:30`) on the agenda of a day."""
    return page.locator(f'td.fc-timegrid-slot-lane[data-time="{clock}:00"]')


def drag(page: Page, what: Locator, target: Locator) -> None:
    """Take something by its upper edge, carry it and let it go, as a hand does: the eye follows where the target is."""
    expect(what).to_be_visible(timeout=PATIENCE_MS)  # until then the page may be drawn anew, with the target
    target.evaluate("target => target.scrollIntoView({block: 'nearest'})")
    what.hover(position={"x": 20, "y": 8})
    page.mouse.down()
    carried_to = None
    while carried_to != (place := middle_of(target)):
        page.mouse.move(place[0], place[1] - 4, steps=6)
        page.mouse.move(*place, steps=4)
        carried_to = place
    page.mouse.up()


def middle_of(target: Locator) -> tuple[float, float]:
    """Where to drop something: in the middle, near the upper edge."""
    box = target.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + min(10, box["height"] / 2)


def place_of(what: Locator) -> tuple[float, float]:
    """Where something stands on the screen."""
    box = what.bounding_box(timeout=PATIENCE_MS)
    assert box is not None
    return round(box["x"]), round(box["y"])
