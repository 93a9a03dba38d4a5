"""A citizen in front of the screen: they see roles and words, click and type."""

from __future__ import annotations

import os
import re
import secrets
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
from axe_playwright_python.sync_playwright import Axe
from munbot_cli.testing.official import Official, demo_login
from playwright.sync_api import Locator, Page, expect
from stdnum.cl import rut as rut_numbers

TENANTS = {"valle-claro": "Municipalidad de Valle Claro", "punta-brava": "Municipalidad de Punta Brava"}
TENANT, OTHER_TENANT = TENANTS
# A citizen's answer can wait behind others' on a small machine.
PATIENCE_MS = 30_000
LIGHT = 250_000
"""Bytes of script that a page may load before somebody does anything, compressed as nginx sends them."""
SLOT = re.compile(r"\d{1,2}:\d{2}$")
CODE = re.compile(r"Su código es (\w{4}-\w{4})")
FOLIO = re.compile(r"REC-\d{4}-\d{6}-[\dK]")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",  # a microphone that beeps
]


def chromium() -> str | None:
    """Return the path of the browser, if there is one."""
    return os.environ.get("MUNBOT_TEST_CHROMIUM") or shutil.which("chromium")


def new_rut() -> str:
    """Return a valid RUT of nobody, different on each call."""
    number = str(secrets.randbelow(9_000_000) + 12_000_000)
    return f"{number}-{rut_numbers.calc_check_digit(number)}"


def home_of(tenant: str) -> str:
    """Return the path of an office's first page."""
    return "/" if tenant == TENANT else f"/t/{tenant}/"


def shoot(page: Page, name: str, *, full: bool = False) -> None:
    """Keep a picture to be looked at."""
    folder = Path(os.environ.get("MUNBOT_SCREENSHOTS", "var/screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{name}.png", full_page=full)


def check_accessible(page: Page) -> None:
    """Fail with axe's own words for each violation."""
    found = Axe().run(page).response["violations"]
    told = [f"{one['id']}: {one['help']} {[node['target'] for node in one['nodes']][:4]}" for one in found]
    assert not told, "\n".join(told)


def check_fits(page: Page) -> None:
    """Fail when the page can be scrolled sideways."""
    wide = page.evaluate("() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide[0] <= wide[1], f"the page is {wide[0]} px wide on a screen of {wide[1]}"


def check_light(page: Page) -> None:
    """Fail when the page has loaded too much script, counted as it came over the wire."""
    scripts: dict[str, int] = dict(
        page.evaluate(
            """() => performance.getEntriesByType("resource")
                 .map(({ name, encodedBodySize }) => [new URL(name).pathname, encodedBodySize])
                 .filter(([path]) => path.endsWith(".js"))"""
        )
    )
    assert scripts, "no script was counted"
    assert all(scripts.values()), f"the browser tells no size of some scripts: {scripts}"
    heaviest = sorted(scripts, key=lambda path: -scripts[path])[:4]
    told = ", ".join(f"{path} {scripts[path]:,}" for path in heaviest)
    assert sum(scripts.values()) <= LIGHT, f"{sum(scripts.values()):,} bytes of script at {page.url}: {told}"


@dataclass
class Chat:
    """The widget on a page, as a person meets it."""

    page: Page
    tenant: str = TENANT

    @property
    def panel(self) -> Locator:
        """The open chat."""
        return self.page.get_by_role("dialog", name=TENANTS[self.tenant])

    @property
    def log(self) -> Locator:
        """The conversation."""
        return self.panel.get_by_role("log")

    @property
    def field(self) -> Locator:
        """Where one writes."""
        return self.panel.get_by_role("textbox", name="Escriba su mensaje")

    @property
    def options(self) -> Locator:
        """The office's quick replies."""
        return self.panel.get_by_role("group", name="Opciones").get_by_role("button")

    def open(self) -> Chat:
        """Open the chat by its launcher."""
        self.page.get_by_role("button", name=re.compile("^Abrir el chat")).click()
        expect(self.panel).to_be_visible()
        return self

    def say(self, text: str, expected: str | None = None) -> None:
        """Type a message and send it; then wait for words in the answer."""
        self.field.fill(text)
        self.panel.get_by_role("button", name="Enviar", exact=True).click()
        if expected is not None:
            self.hears(text, expected)

    def press(self, title: str | re.Pattern[str], expected: str, *, nth: int = 0) -> str:
        """Press one of the offered answers, wait for words in what follows and return what was pressed."""
        button = self.options.filter(has_text=title).nth(nth)
        expect(button).to_be_enabled(timeout=PATIENCE_MS)
        text = button.inner_text().strip()
        button.click()
        self.hears(text, expected)
        return text

    def hears(self, said: str, expected: str) -> None:
        """Wait until words (a regular expression) are in the answer to the last message."""
        not_mine = "(?:(?!Usted:).)*"
        shown = re.sub(r"\s+", " ", said).strip()
        turn = f"{re.escape(shown)}{not_mine}(?:{expected}){not_mine}$"
        expect(self.log).to_contain_text(re.compile(turn, re.DOTALL), timeout=PATIENCE_MS)

    def bubbles(self, text: str) -> Locator:
        """Find what is said with exactly these words."""
        return self.log.get_by_role("paragraph").filter(has_text=re.compile(f"^{re.escape(text)}$"))

    def find(self, pattern: re.Pattern[str]) -> str:
        """Return the newest match in the conversation."""
        found = pattern.findall(self.log.inner_text())
        assert found, f"no {pattern.pattern} in the conversation"
        return str(found[-1])

    def answer_who(self, rut: str) -> None:
        """Tell who one is, as a booking asks."""
        self.say(rut, "nombre")
        self.say("Marcela Soto", "teléfono")
        self.say("98765 4321", "¿La reservo")

    def book(self, rut: str, *, slot: int = 0) -> str:
        """Book an hour from the first question on; return its code."""
        self.say("quiero pedir hora para renovar mi licencia de conducir", "día")
        self.press(SLOT, "RUT", nth=slot)
        self.answer_who(rut)
        self.press("Sí, reservar", "Su código es")
        return self.find(CODE)

    def complain(self, rut: str) -> str:
        """File a complaint; return its folio."""
        self.say("quiero reclamar: hay un poste apagado en calle quillay 310", "RUT")
        self.say(rut, "teléfono|correo")
        self.say("98765 4321", "¿Ingreso")
        self.press(re.compile("^Sí"), "REC-")
        return self.find(FOLIO)


@dataclass(frozen=True)
class Platform:
    """The running platform, from the MUNBOT_TEST_* variables."""

    base_url: str
    officials: dict[tuple[str, str], Official] = field(default_factory=dict)

    @property
    def password(self) -> str:
        """Return that of the demo's officials."""
        return unquote(os.environ["MUNBOT_TEST_DEMO_PASSWORD"])

    def log_in(self, email: str, password: str, tenant: str = TENANT) -> httpx.Response:
        """Ask for a session."""
        body = {"tenant": tenant, "email": email, "password": password}
        return httpx.post(f"{self.base_url}/api/conversations/v1/auth/login", json=body, timeout=60)

    def official(self, who: str = "agente", tenant: str = TENANT) -> Official:
        """Return a demo official (`admin`, `agente`, `lectura`)."""
        return self.officials.setdefault((who, tenant), Official(self.base_url, demo_login(tenant, who)))

    def session(self, who: str = "agente", tenant: str = TENANT) -> dict[str, Any]:
        """Return the answer to a demo official's log-in: token and person."""
        return self.official(who, tenant).session()

    def staff(self, tenant: str = TENANT, who: str = "agente") -> httpx.Client:
        """Return a client that is logged in as a demo official."""
        return httpx.Client(base_url=self.base_url, timeout=60, auth=self.official(who, tenant))

    def ask(self, method: str, path: str, *, tenant: str = TENANT, who: str = "agente", **options: Any) -> Any:
        """Call the API as an official."""
        answer = self.staff(tenant, who).request(method, path, **options)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def appointment(self, code: str) -> dict[str, Any]:
        """Return an appointment as the office sees it."""
        found: dict[str, Any] = self.ask("GET", f"/api/scheduler/v1/appointments/by-code/{code}")
        return found

    def secret_page(self, code: str) -> str:
        """Return the path of the citizen's own page, whatever host its link names."""
        link = urlsplit(self.appointment(code)["manage_url"])
        return f"{link.path}?{link.query}"

    def conversation_of(self, page: Page) -> str:
        """Return the conversation that a browser remembers."""
        found = page.evaluate(
            """() => Object.values(localStorage)
                 .map(value => /"conversationId":"([^"]+)"/.exec(value)?.[1]).find(Boolean) ?? null"""
        )
        assert found, "this browser has no conversation"
        return str(found)

    def said(self, conversation_id: str, tenant: str = TENANT) -> list[str]:
        """Return the citizen's stored messages."""
        path = f"/api/conversations/v1/conversations/{conversation_id}/messages"
        items = self.ask("GET", path, tenant=tenant)["items"]
        return [item["text"] for item in items if item["direction"] == "in"]
