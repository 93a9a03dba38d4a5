"""The staff's pages beside a citizen's: two browsers at once, as on a day at the office."""

import re
import uuid
from datetime import UTC, datetime

import pytest
from browser_support import PATIENCE_MS, check_accessible, check_fits, shoot
from playwright.sync_api import expect

pytestmark = pytest.mark.platform

PAGES = {
    "conversaciones": "Conversaciones",
    "agenda": "Agenda",
    "reclamos": "Reclamos",
    "conocimiento": "Conocimiento",
    "cifras": "Cifras",
    "salud": "Salud",
    "ajustes/institucion": "Ajustes",
    "ajustes/personas": "Ajustes",
    "ajustes/canales": "Ajustes",
    "ajustes/textos": "Ajustes",
    "ajustes/avisos": "Ajustes",
    "ajustes/sin-entregar": "Ajustes",
    "ajustes/webhooks": "Ajustes",
    "ajustes/registro": "Ajustes",
}


def messages(page):
    return page.get_by_role("log", name="Mensajes")


def answer(page, text):
    page.get_by_role("textbox", name="Su mensaje").fill(text)
    page.get_by_role("button", name="Enviar", exact=True).click()
    expect(messages(page)).to_contain_text(text)


def test_an_official_takes_over_answers_and_gives_back(chat, panel, platform):
    chat.say("hola", "asistente")
    page = panel(f"/panel/conversaciones/{platform.conversation_of(chat.page)}")
    expect(messages(page)).to_contain_text("hola")
    page.get_by_role("button", name="Atender", exact=True).click()
    expect(page.get_by_text("La atiende usted").first).to_be_visible()
    answer(page, "Buenas tardes, soy Rodrigo de la oficina")
    expect(chat.log).to_contain_text("soy Rodrigo de la oficina", timeout=PATIENCE_MS)
    chat.say("quiero pedir hora")
    expect(messages(page)).to_contain_text("quiero pedir hora", timeout=PATIENCE_MS)
    answer(page, "Se la pido yo")
    expect(chat.log).to_contain_text("Se la pido yo", timeout=PATIENCE_MS)
    assert "¿Qué trámite" not in chat.log.inner_text(), "the assistant spoke while an official had the word"
    shoot(page, "panel-thread")
    check_accessible(page)
    page.get_by_role("button", name="Devolver al asistente").click()
    expect(page.get_by_text("Responde el asistente").first).to_be_visible()
    chat.say("hola", "asistente")


def test_who_waits_for_a_person_is_found_in_the_list(chat, panel):
    page = panel("/panel/conversaciones")
    page.get_by_text("En espera", exact=True).first.click()
    words = f"quiero hablar con una persona, {datetime.now(UTC).timestamp()}"
    chat.say(words, "persona")
    first = page.get_by_role("region", name="Lista de conversaciones").get_by_role("listitem").first
    expect(first).to_contain_text("Espera", timeout=PATIENCE_MS)
    first.get_by_role("link").click()
    expect(messages(page)).to_contain_text(words)


def test_two_officials_in_one_conversation_see_each_other(chat, panel, platform):
    chat.say("hola", "asistente")
    path = f"/panel/conversaciones/{platform.conversation_of(chat.page)}"
    one, two = panel(path), panel(path, who="admin")
    expect(one.get_by_text("también está viendo esta conversación")).to_be_visible(timeout=PATIENCE_MS)
    two.get_by_role("textbox", name="Su mensaje").press_sequentially("Un momento")
    expect(one.get_by_text("está escribiendo…")).to_be_visible(timeout=PATIENCE_MS)


def test_a_booking_appears_on_the_open_agenda(chat, panel, platform, rut):
    procedures = platform.ask("GET", "/api/scheduler/v1/procedures")["items"]
    licence = next(one for one in procedures if "enovación" in one["name"] or "icencia" in one["name"])
    query = {"procedure_id": licence["id"], "limit": 1}
    first = platform.ask("GET", "/api/scheduler/v1/slots", params=query)["items"][0]
    page = panel(f"/panel/agenda?vista=semana&fecha={first['start'][:10]}")
    expect(page.get_by_role("heading", name="Agenda")).to_be_visible()
    code = chat.book(rut)
    page.goto(f"/panel/agenda?vista=dia&fecha={platform.appointment(code)['start'][:10]}")
    expect(page.get_by_text("Marcela Soto").first).to_be_visible(timeout=PATIENCE_MS)
    check_accessible(page)
    shoot(page, "panel-agenda")
    chat.say("quiero anular mi hora", "¿")
    platform.ask("POST", f"/api/scheduler/v1/appointments/{platform.appointment(code)['id']}/cancel", json={})
    page.get_by_label("También las anuladas").uncheck()
    expect(page.get_by_text(code)).to_have_count(0, timeout=PATIENCE_MS)


def test_a_complaint_is_moved_and_its_citizen_is_told(chat, panel, rut):
    folio = chat.complain(rut)
    page = panel(f"/panel/reclamos/{folio}")
    page.get_by_role("button", name=re.compile("^Mover")).first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Nuevo estado").select_option(label="En revisión")
    dialog.get_by_label("Motivo").fill("Una cuadrilla va mañana")
    dialog.get_by_role("button", name=re.compile("Mover|Guardar|Cambiar")).last.click()
    expect(chat.log).to_contain_text("Una cuadrilla va mañana", timeout=PATIENCE_MS)
    check_accessible(page)
    shoot(page, "panel-complaint")


def test_a_viewer_sees_and_may_not_act(chat, panel, platform):
    chat.say("hola", "asistente")
    page = panel(f"/panel/conversaciones/{platform.conversation_of(chat.page)}", who="lectura")
    expect(messages(page)).to_contain_text("hola")
    expect(page.get_by_role("button", name="Atender", exact=True)).to_have_count(0)
    expect(page.get_by_role("textbox", name="Su mensaje")).to_have_count(0)
    expect(page.get_by_role("link", name="Ajustes")).to_have_count(0)


def test_a_session_that_ended_leads_back_to_where_one_was(panel):
    page = panel("/panel/reclamos")
    page.evaluate(
        """() => {
            const kept = JSON.parse(sessionStorage.getItem("munbot.panel.session"));
            sessionStorage.setItem("munbot.panel.session", JSON.stringify({ ...kept, token: kept.token + "x" }));
        }"""
    )
    page.reload()
    expect(page.get_by_role("heading", name="Su sesión terminó")).to_be_visible(timeout=PATIENCE_MS)
    shoot(page, "panel-expired")
    assert page.url.endswith("/panel/reclamos")


def test_markup_in_messages_is_shown_as_text(chat, panel, platform):
    words = "<img src=x onerror=alert(1)><b>hola</b>"
    chat.say(words, ".")
    page = panel(f"/panel/conversaciones/{platform.conversation_of(chat.page)}")
    expect(messages(page)).to_contain_text(words)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_is_accessible_and_fits(panel, theme, width):
    page = panel(who="admin", theme=theme, viewport={"width": width, "height": 800})
    for path, title in PAGES.items():
        page.goto(f"/panel/{path}")
        expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
        expect(page.get_by_text("Cargando…")).to_have_count(0, timeout=PATIENCE_MS)
        check_accessible(page)
        check_fits(page)
        shoot(page, f"panel-{path.replace('/', '-')}-{theme}-{width}")


def test_an_administrator_adds_a_webhook_sees_its_secret_once_and_takes_it_away(panel):
    page = panel("/panel/ajustes/webhooks", who="admin")
    name = f"Sistema {uuid.uuid4().hex[:6]}"
    page.get_by_role("button", name="Agregar webhook").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Nombre").fill(name)
    dialog.get_by_label("Dirección").fill("https://127.0.0.1:8443/")
    dialog.get_by_role("button", name="Guardar").click()
    expect(dialog).to_contain_text("Elija al menos un aviso")
    dialog.get_by_label("Reclamo nuevo").check()
    dialog.get_by_role("button", name="Guardar").click()
    expect(dialog).to_contain_text("red interna")
    dialog.get_by_label("Dirección").fill("https://avisos.ejemplo.invalid/munbot")
    dialog.get_by_role("button", name="Guardar").click()
    shown = page.get_by_role("dialog", name="Clave del webhook")
    expect(shown.get_by_label("Clave para verificar la firma")).to_have_value(re.compile("^whsec_"))
    shown.get_by_role("button", name="Ya la guardé").click()
    page.get_by_role("button", name=f"Enviar una prueba a {name}").click()
    page.get_by_role("button", name=f"Envíos de {name}").click()
    expect(page.get_by_role("dialog")).to_contain_text("No se encontró el servidor", timeout=PATIENCE_MS)
    page.keyboard.press("Escape")
    page.get_by_role("button", name=f"Editar {name}").click()
    page.get_by_role("dialog").get_by_role("button", name="Eliminar").click()
    page.get_by_role("dialog").get_by_role("button", name="Eliminar").click()
    expect(page.get_by_text("Webhook eliminado")).to_be_visible()
    expect(page.get_by_text(name)).to_have_count(0)
