"""Conversations: a citizen in the widget and officials beside them, as on a day at the office."""

import secrets

import pytest
from browser_support import PATIENCE_MS, check_accessible, shoot
from panel_support import CONVERSATIONS, greeted, messages, thread_of, write
from playwright.sync_api import expect

pytestmark = pytest.mark.platform


def row(page, conversation):
    return page.get_by_role("region", name="Lista de conversaciones").locator(f'a[href*="{conversation}"]')


def state(platform, conversation):
    return platform.ask("GET", f"{CONVERSATIONS}/{conversation}")


def test_an_official_takes_over_answers_and_gives_back(chat, panel, platform):
    conversation = greeted(chat, platform)
    page = panel(f"/panel/conversaciones/{conversation}")
    expect(messages(page)).to_contain_text("hola")
    page.get_by_role("button", name="Atender", exact=True).click()
    expect(page.get_by_text("La atiende usted").first).to_be_visible()
    write(page, "Buenas tardes, soy Rodrigo de la oficina")
    expect(chat.log).to_contain_text("soy Rodrigo de la oficina", timeout=PATIENCE_MS)
    expect(messages(page).get_by_role("article").last).to_contain_text("Enviado", timeout=PATIENCE_MS)
    chat.say("quiero pedir hora")
    expect(messages(page)).to_contain_text("quiero pedir hora", timeout=PATIENCE_MS)
    write(page, "Se la pido yo")
    expect(chat.log).to_contain_text("Se la pido yo", timeout=PATIENCE_MS)
    shoot(page, "panel-thread")
    check_accessible(page)
    page.get_by_role("button", name="Devolver al asistente").click()
    expect(page.get_by_text("Responde el asistente").first).to_be_visible()
    chat.say("hola", "asistente")
    senders = [one["sender_type"] for one in thread_of(platform, conversation)]
    begin, end = senders.index("agent"), len(senders) - senders[::-1].index("agent")
    assert "bot" not in senders[begin:end], "the assistant spoke while an official had the word"


def test_who_waits_for_a_person_is_found_and_counted(chat, panel, platform):
    page = panel("/panel/conversaciones?ver=waiting")
    conversation = greeted(chat, platform)
    words = f"quiero hablar con una persona, {secrets.token_hex(4)}"
    chat.say(words, "persona")
    expect(row(page, conversation)).to_contain_text("Espera", timeout=PATIENCE_MS)
    expect(page.get_by_role("navigation", name="Secciones").get_by_role("link").first).to_contain_text("espera")
    row(page, conversation).click()
    expect(messages(page)).to_contain_text(words)
    page.get_by_role("button", name="Atender", exact=True).click()
    expect(row(page, conversation)).to_have_count(0, timeout=PATIENCE_MS)


def test_what_was_not_read_is_counted_until_it_is(chat, panel, platform):
    conversation = greeted(chat, platform)
    platform.ask("POST", f"{CONVERSATIONS}/{conversation}/takeover", json={}, who="admin")
    first = panel("/panel/conversaciones")
    expect(row(first, conversation)).to_be_visible()
    chat.say("¿hay alguien?")
    expect(row(first, conversation)).to_contain_text("¿hay alguien?", timeout=PATIENCE_MS)
    before = state(platform, conversation)["unread"]
    assert before > 0
    expect(row(first, conversation)).to_contain_text(str(before))
    chat.say("¿hola?")
    expect(row(first, conversation)).to_contain_text(f"{before + 1} mensajes sin leer", timeout=PATIENCE_MS)
    row(first, conversation).click()
    expect(messages(first)).to_contain_text("¿hola?")
    expect(row(first, conversation)).not_to_contain_text("sin leer", timeout=PATIENCE_MS)
    assert state(platform, conversation)["unread"] == 0


def test_two_officials_see_each_other_hand_over_and_close(chat, panel, platform):
    conversation = greeted(chat, platform)
    path = f"/panel/conversaciones/{conversation}"
    one, two = panel(path), panel(path, who="admin")
    names = {who: platform.session(who)["agent"]["name"] for who in ("agente", "admin")}
    expect(one.get_by_text(f"{names['admin']} también está viendo esta conversación")).to_be_visible(
        timeout=PATIENCE_MS
    )
    expect(two.get_by_text(f"{names['agente']} también está viendo esta conversación")).to_be_visible(
        timeout=PATIENCE_MS
    )
    two.get_by_role("textbox", name="Su mensaje").press_sequentially("Un momento")
    expect(one.get_by_text(f"{names['admin']} está escribiendo…")).to_be_visible(timeout=PATIENCE_MS)
    shoot(one, "panel-presence")
    two.get_by_role("textbox", name="Su mensaje").fill("")

    one.get_by_role("button", name="Asignar", exact=True).click()
    dialog = one.get_by_role("dialog", name="Asignar la conversación")
    dialog.get_by_label("Quién la atiende").select_option(label=names["admin"])
    dialog.get_by_role("button", name="Asignar").click()
    expect(one.get_by_text(f"La atiende {names['admin']}").first).to_be_visible()
    expect(two.get_by_text("La atiende usted").first).to_be_visible(timeout=PATIENCE_MS)

    one.get_by_role("group", name="Qué escribe").get_by_text("Nota interna").click()
    one.get_by_role("textbox", name="Nota interna").fill("Es la tercera vez que pregunta")
    one.get_by_role("button", name="Guardar nota").click()
    expect(messages(two)).to_contain_text("Es la tercera vez que pregunta", timeout=PATIENCE_MS)
    expect(messages(two)).to_contain_text(f"Nota interna de {names['agente']}")

    two.get_by_role("button", name="Devolver al asistente").click()
    expect(one.get_by_text("Responde el asistente").first).to_be_visible(timeout=PATIENCE_MS)
    chat.say("hola", "asistente")
    two.get_by_role("button", name="Cerrar", exact=True).click()
    two.get_by_role("dialog", name="¿Cerrar la conversación?").get_by_role(
        "button", name="Cerrar", exact=True
    ).last.click()
    for page in (one, two):
        expect(page.get_by_text("Conversación cerrada").first).to_be_visible(timeout=PATIENCE_MS)
    expect(one.get_by_role("button", name="Atender", exact=True)).to_have_count(0)
    assert state(platform, conversation)["status"] == "closed"
    assert "tercera vez" not in chat.log.inner_text()


def test_a_saved_answer_is_used_with_the_citizens_name(chat, panel, platform):
    conversation = greeted(chat, platform)
    title = f"Saludo {secrets.token_hex(4)}"
    body = {"title": title, "text": "Estimada {nombre}: lo revisamos."}
    canned = platform.ask("POST", "/api/conversations/v1/canned-answers", json=body)
    contact = state(platform, conversation)["contact"]["id"]
    platform.ask("PATCH", f"/api/conversations/v1/contacts/{contact}", json={"name": "Marcela Soto"})
    page = panel(f"/panel/conversaciones/{conversation}")
    page.get_by_role("button", name="Respuestas guardadas").click()
    page.get_by_label("Buscar respuesta").fill(title)
    check_accessible(page)
    page.get_by_role("button", name=f"Usar: {title}").click()
    field = page.get_by_role("textbox", name="Su mensaje")
    expect(field).to_have_value("Estimada Marcela Soto: lo revisamos.")
    field.press("Enter")
    expect(chat.log).to_contain_text("Estimada Marcela Soto: lo revisamos.", timeout=PATIENCE_MS)
    platform.ask("DELETE", f"/api/conversations/v1/canned-answers/{canned['id']}")
