"""The chat keeps its word: after a reload, without network, in two tabs, with a person at the other end."""

import re

import pytest
from browser_support import PATIENCE_MS, Chat, shoot
from playwright.sync_api import expect

pytestmark = pytest.mark.platform


def test_a_reload_resumes_the_conversation(chat, platform):
    chat.say("quiero pedir hora", "trámite")
    before = platform.conversation_of(chat.page)
    chat.page.reload()
    again = Chat(chat.page).open()
    again.hears("quiero pedir hora", "trámite")
    expect(again.bubbles("quiero pedir hora")).to_have_count(1)
    assert platform.conversation_of(chat.page) == before
    # The form goes on where it was, and the offered answers can still be pressed.
    expect(again.options.first).to_be_enabled()
    again.say("renovar licencia de conducir", "día")
    assert platform.said(before) == ["quiero pedir hora", "renovar licencia de conducir"]


def test_without_network_a_message_waits_and_leaves_once(chat, platform):
    chat.say("hola", "ayud")
    chat.page.context.set_offline(True)
    banner = chat.panel.get_by_text("Sin conexión. Sus mensajes se enviarán al volver.")
    expect(banner).to_be_visible()
    text = "¿qué papeles necesito para renovar la licencia?"
    chat.say(text)
    expect(chat.log).to_contain_text("Enviando…")
    shoot(chat.page, "chat-offline")
    chat.page.context.set_offline(False)
    expect(banner).to_be_hidden(timeout=PATIENCE_MS)
    chat.hears(text, "[Cc]édula")
    expect(chat.bubbles(text)).to_have_count(1)
    expect(chat.log).not_to_contain_text("Enviando…")
    assert platform.said(platform.conversation_of(chat.page)) == ["hola", text]


def test_what_is_typed_without_network_survives_a_reload(chat, platform):
    chat.say("hola", "ayud")
    conversation, text = platform.conversation_of(chat.page), "quiero pedir hora"
    chat.page.context.set_offline(True)
    chat.say(text)
    expect(chat.log).to_contain_text("Enviando…")
    chat.page.context.set_offline(False)
    chat.page.reload()
    again = Chat(chat.page).open()
    again.hears(text, "trámite")
    expect(again.bubbles(text)).to_have_count(1)
    assert platform.said(conversation) == ["hola", text]


def test_two_tabs_stay_in_step_without_doubles(chat):
    chat.say("hola", "ayud")
    second = chat.page.context.new_page()
    second.goto("/")
    other = Chat(second).open()
    other.hears("hola", "ayud")
    chat.say("quiero pedir hora", "trámite")
    other.hears("quiero pedir hora", "trámite")
    other.say("renovar licencia de conducir", "día")
    chat.hears("renovar licencia de conducir", "día")
    for one in (chat, other):
        for text in ("hola", "quiero pedir hora", "renovar licencia de conducir"):
            expect(one.bubbles(text)).to_have_count(1)
    assert chat.log.inner_text() == other.log.inner_text()


def test_a_person_takes_over_and_gives_back(chat, platform):
    chat.say("hola", "ayud")
    conversation = platform.conversation_of(chat.page)
    base = f"/api/conversations/v1/conversations/{conversation}"
    platform.ask("POST", f"{base}/takeover", json={})
    chat.say("¿hay alguien?")
    expect(chat.bubbles("¿hay alguien?")).to_be_visible()
    platform.ask("POST", f"{base}/messages", json={"text": "Buenas tardes, soy Rosa. ¿En qué le ayudo?"})
    chat.hears("¿hay alguien?", "soy Rosa")
    expect(chat.log).to_contain_text("Funcionario/a")
    shoot(chat.page, "chat-person")
    # The bot has said nothing between the question and the official's answer.
    tail = chat.log.inner_text().rsplit("¿hay alguien?", 1)[1]
    assert "Asistente" not in tail
    expect(chat.panel.get_by_text("Escribiendo…")).to_have_count(0)
    platform.ask("POST", f"{base}/release")
    chat.say("quiero pedir hora", "trámite")


def test_after_an_official_closed_it_the_chat_goes_on_in_a_new_conversation(chat, platform):
    chat.say("hola", "ayud")
    closed = platform.conversation_of(chat.page)
    platform.ask("POST", f"/api/conversations/v1/conversations/{closed}/close")
    chat.say("quiero pedir hora", "trámite")
    expect(chat.bubbles("quiero pedir hora")).to_have_count(1)
    fresh = platform.conversation_of(chat.page)
    assert fresh != closed
    shoot(chat.page, "chat-after-close")
    chat.page.reload()
    again = Chat(chat.page).open()
    again.hears("quiero pedir hora", "trámite")
    again.say("renovar licencia de conducir", "día")
    assert platform.conversation_of(chat.page) == fresh
    assert platform.said(fresh) == ["quiero pedir hora", "renovar licencia de conducir"]


def test_html_is_shown_as_text(chat):
    text = "<img src=x onerror=\"document.title='pwned'\"><b>hola</b>"
    chat.say(text, "Asistente")
    expect(chat.bubbles(text)).to_be_visible()
    expect(chat.log.get_by_role("img")).to_have_count(0)
    expect(chat.page).not_to_have_title("pwned")
    shoot(chat.page, "chat-html")


def test_a_text_that_is_too_long_is_told_before_it_leaves(chat):
    chat.field.fill("a" * 4_010)
    expect(chat.panel.get_by_text(re.compile("Sobran 10 caracteres"))).to_be_visible()
    send = chat.panel.get_by_role("button", name="Enviar", exact=True)
    expect(send).to_be_disabled()
    send.click(force=True)
    chat.field.press("Enter")
    expect(chat.log).not_to_contain_text("aaaa")
    shoot(chat.page, "chat-too-long")
    chat.say("hola", "ayud")


def test_emoji_alone_gets_an_answer(chat):
    chat.say("🎉🎉", "Asistente")


def test_unread_messages_are_counted_on_the_launcher(chat, platform):
    chat.say("hola", "ayud")
    conversation = platform.conversation_of(chat.page)
    chat.panel.get_by_role("button", name="Cerrar el chat").click()
    expect(chat.panel).to_be_hidden()
    base = f"/api/conversations/v1/conversations/{conversation}"
    platform.ask("POST", f"{base}/takeover", json={})
    platform.ask("POST", f"{base}/messages", json={"text": "¿Sigue ahí?"})
    expect(chat.page.get_by_role("button", name="Abrir el chat: 1 mensaje sin leer")).to_be_visible()
    shoot(chat.page, "launcher-unread")
    chat.open()
    expect(chat.log).to_contain_text("¿Sigue ahí?")


def test_the_keyboard_is_enough(visit):
    chat = visit()
    page = chat.page
    launcher = page.get_by_role("button", name="Abrir el chat")
    launcher.focus()
    page.keyboard.press("Enter")
    expect(chat.panel).to_be_visible()
    expect(chat.field).to_be_focused()
    page.keyboard.type("quiero pedir hora")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("para renovar la licencia")
    page.keyboard.press("Enter")
    expect(chat.options.first).to_be_enabled(timeout=PATIENCE_MS)
    expect(chat.field).to_be_focused()
    for _ in range(10):
        page.keyboard.press("Shift+Tab")
        if chat.options.last.evaluate("one => one.getRootNode().activeElement === one"):
            break
    expect(chat.options.last).to_be_focused()
    shoot(page, "chat-keyboard-focus")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(chat.log).to_contain_text("RUT", timeout=PATIENCE_MS)
    expect(chat.field).to_be_focused()
    page.keyboard.press("Escape")
    expect(chat.panel).to_be_hidden()
    expect(launcher).to_be_focused()
