"""What people write is text: markup is shown and not obeyed, and a word without end breaks no page."""

import secrets

import pytest
from browser_support import PATIENCE_MS, check_fits, new_rut, shoot
from panel_support import CONVERSATIONS, LONG_WORD, MARKUP, complaint_of, greeted, messages
from playwright.sync_api import expect

pytestmark = pytest.mark.platform

PHONE = {"width": 360, "height": 800}
HOSTILE = f"{MARKUP} {LONG_WORD}"


@pytest.fixture
def canned(platform):
    """A saved answer with markup in its name and its words."""
    body = {"title": f"{MARKUP[:70]}{secrets.token_hex(4)}", "text": HOSTILE}
    made = platform.ask("POST", "/api/conversations/v1/canned-answers", json=body)
    yield made
    platform.ask("DELETE", f"/api/conversations/v1/canned-answers/{made['id']}")


@pytest.fixture
def told(chat, platform):
    """A conversation whose citizen, messages and notes are full of markup."""
    conversation = greeted(chat, platform)
    base = f"{CONVERSATIONS}/{conversation}"
    contact = platform.ask("GET", base)["contact"]["id"]
    platform.ask("PATCH", f"/api/conversations/v1/contacts/{contact}", json={"name": HOSTILE[:200]})
    platform.ask("POST", f"{base}/takeover", json={})
    chat.say(HOSTILE)
    platform.ask("POST", f"{base}/messages", json={"text": HOSTILE})
    platform.ask("POST", f"{base}/notes", json={"text": f"Nota: {HOSTILE}"})
    expect(chat.bubbles(HOSTILE)).to_have_count(2, timeout=PATIENCE_MS)
    return conversation


def check_plain(page):
    """Fail when anything that was written became a part of the page."""
    for injected in ("munbot-injected", "img[src=x]", "script:text-is('alert(2)')", "b:text-is('negrita')"):
        expect(page.locator(injected)).to_have_count(0)
    check_fits(page)


@pytest.mark.parametrize("viewport", [PHONE, None], ids=["phone", "desktop"])
def test_in_conversations(told, canned, chat, panel, viewport):
    page = panel(f"/panel/conversaciones/{told}", viewport=viewport)
    expect(messages(page).get_by_text(HOSTILE, exact=True)).to_have_count(2)
    expect(messages(page)).to_contain_text(f"Nota: {HOSTILE}")
    expect(page.get_by_role("heading", level=1)).to_contain_text(MARKUP)
    check_plain(page)
    shoot(page, f"panel-markup-thread-{'phone' if viewport else 'desktop'}")
    page.get_by_role("button", name="Respuestas guardadas").click()
    expect(page.get_by_role("dialog")).to_contain_text(canned["title"])
    check_plain(page)
    page.get_by_role("button", name=f"Usar: {canned['title']}").click()
    expect(page.get_by_role("textbox", name="Su mensaje")).to_have_value(HOSTILE)
    page.goto("/panel/conversaciones")
    expect(page.get_by_role("region", name="Lista de conversaciones")).to_contain_text(MARKUP)
    check_plain(page)
    check_plain(chat.page)


def test_in_complaints(chat, panel, platform):
    conversation = greeted(chat, platform)
    citizen = {"rut": new_rut(), "name": HOSTILE[:120]}
    filed = complaint_of(
        platform, conversation_id=conversation, citizen=citizen, description=HOSTILE, place={"address": HOSTILE[:200]}
    )
    page = panel(f"/panel/reclamos/{filed['folio']}", viewport=PHONE)
    expect(page.get_by_text(HOSTILE, exact=True)).to_be_visible()
    check_plain(page)
    page.get_by_label("Respuesta", exact=True).fill(HOSTILE)
    page.get_by_role("button", name="Enviar respuesta").click()
    expect(chat.log).to_contain_text(f"Respuesta a su reclamo {filed['folio']}: {HOSTILE}", timeout=PATIENCE_MS)
    expect(page.get_by_text(HOSTILE, exact=True).nth(1)).to_be_visible()
    check_plain(page)
    check_plain(chat.page)
    shoot(page, "panel-markup-complaint")
    for view in ("table", "board", "map"):
        page.goto(f"/panel/reclamos?view={view}&q={filed['folio']}")
        expect(page.get_by_role("main").get_by_text(MARKUP).first).to_be_visible()
        check_plain(page)
        shoot(page, f"panel-markup-{view}")


def test_in_the_agenda(panel, bookings):
    quiet = bookings.quiet_day()
    hour = bookings.book(quiet.starts[0], quiet.office_id, name=HOSTILE[:120], notes=HOSTILE)
    page = panel(f"{quiet.address()}&hora={hour['id']}", viewport=PHONE)
    expect(page.get_by_role("dialog").get_by_text(HOSTILE, exact=True)).to_be_visible()
    check_plain(page)
    shoot(page, "panel-markup-hour")
    page.keyboard.press("Escape")
    expect(page.locator(".fc-event").filter(has_text=MARKUP[:60])).to_be_visible()
    check_plain(page)
    page.goto(f"/panel/agenda/lista?fecha={quiet.day}&oficina={quiet.office_id}")
    expect(page.get_by_role("main").get_by_text(MARKUP[:60]).first).to_be_visible()
    check_plain(page)
    shoot(page, "panel-markup-day-list")
