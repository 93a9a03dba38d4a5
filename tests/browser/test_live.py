"""What one official changes appears in another's open page by itself."""

import secrets

import pytest
from browser_support import PATIENCE_MS
from playwright.sync_api import expect

pytestmark = pytest.mark.platform

HUB = "/api/conversations/v1"


def test_a_citizens_new_name_appears_in_an_open_conversation(chat, panel, platform):
    chat.say("hola", "asistente")
    conversation = platform.conversation_of(chat.page)
    page = panel(f"/panel/conversaciones/{conversation}", who="admin")
    expect(page.get_by_role("log", name="Mensajes")).to_contain_text("hola")
    contact = platform.ask("GET", f"{HUB}/conversations/{conversation}")["contact"]["id"]
    name = f"Rosa {secrets.token_hex(4)}"
    platform.ask("PATCH", f"{HUB}/contacts/{contact}", json={"name": name})
    listed = page.get_by_role("region", name="Lista de conversaciones").get_by_text(name)
    expect(listed.first).to_be_visible(timeout=PATIENCE_MS)
    for heading in (page.get_by_role("heading", name=name).first, page.get_by_role("heading", name=name).last):
        expect(heading).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_role("heading", name=name)).to_have_count(2)  # over the thread, and on the card


def test_a_saved_answer_of_a_colleague_appears_in_the_open_list(chat, panel, platform):
    chat.say("hola", "asistente")
    page = panel(f"/panel/conversaciones/{platform.conversation_of(chat.page)}", who="admin")
    page.get_by_role("button", name="Respuestas guardadas").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    title = f"Aviso {secrets.token_hex(4)}"
    made = platform.ask("POST", f"{HUB}/canned-answers", json={"title": title, "text": "Cerrado el lunes"})
    try:
        expect(dialog.get_by_text(title)).to_be_visible(timeout=PATIENCE_MS)
        path = f"{HUB}/canned-answers/{made['id']}"
        platform.ask("PATCH", path, json={"title": f"{title} corregido"})
        expect(dialog.get_by_text(f"{title} corregido")).to_be_visible(timeout=PATIENCE_MS)
    finally:
        platform.ask("DELETE", f"{HUB}/canned-answers/{made['id']}")
    expect(dialog.get_by_text(title)).to_have_count(0, timeout=PATIENCE_MS)


def test_a_corrected_name_appears_on_the_open_day_list(chat, panel, platform, rut):
    code = chat.book(rut)
    appointment = platform.appointment(code)
    page = panel(f"/panel/agenda/lista?fecha={appointment['start'][:10]}")
    expect(page.get_by_text(code).first).to_be_visible(timeout=PATIENCE_MS)
    name = f"Marcela Soto {secrets.token_hex(4)}"
    platform.ask("PATCH", f"/api/scheduler/v1/appointments/{appointment['id']}", json={"name": name})
    expect(page.get_by_text(name).first).to_be_visible(timeout=PATIENCE_MS)
