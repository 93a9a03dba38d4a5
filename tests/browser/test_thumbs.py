"""Thumbs under an answer from the office's documents: pressed, changed, kept; by mouse and by keyboard."""

import re

import pytest
from browser_support import PATIENCE_MS, Chat, check_accessible, check_fits, shoot
from playwright.sync_api import expect

pytestmark = pytest.mark.platform

QUESTION = "¿cuántos libros presta la biblioteca?"
ANSWER = "Fuente"
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}


def thumbs(chat):
    group = chat.log.get_by_role("group", name="¿Le sirvió esta respuesta?").last
    return [group.get_by_role("button", name=name, exact=True) for name in ("Me sirvió", "No me sirvió")]


def pressed(chat):
    return [thumb.get_attribute("aria-pressed") for thumb in thumbs(chat)]


def rating_of(platform, chat):
    """What conversations keeps of the newest answer."""
    path = f"/api/conversations/v1/conversations/{platform.conversation_of(chat.page)}/messages"
    rated = [item["feedback"] for item in platform.ask("GET", path)["items"] if item["answer"]]
    return rated[-1]


def until_stored(platform, chat, value):
    for _ in range(PATIENCE_MS // 200):
        if rating_of(platform, chat) == value:
            return
        chat.page.wait_for_timeout(200)
    raise AssertionError(f"the rating is {rating_of(platform, chat)}, not {value}")


def test_a_thumb_is_kept_and_can_be_changed(chat, platform):
    chat.say("hola", "ayud")
    expect(chat.log.get_by_role("button", name="Me sirvió", exact=True)).to_have_count(0)
    chat.say(QUESTION, ANSWER)
    up, down = thumbs(chat)
    before = chat.log.bounding_box()
    up.click()
    expect(up).to_have_attribute("aria-pressed", "true")
    expect(down).to_have_attribute("aria-pressed", "false")
    until_stored(platform, chat, "up")
    down.click()
    expect(down).to_have_attribute("aria-pressed", "true")
    expect(up).to_have_attribute("aria-pressed", "false")
    until_stored(platform, chat, "down")
    assert chat.log.bounding_box() == before, "the conversation has moved"
    chat.page.reload()
    again = Chat(chat.page).open()
    again.hears(QUESTION, ANSWER)
    expect(thumbs(again)[1]).to_have_attribute("aria-pressed", "true")
    assert platform.said(platform.conversation_of(chat.page)) == ["hola", QUESTION], "a thumb is no message"


def test_by_keyboard(chat, platform):
    chat.say(QUESTION, ANSWER)
    up, down = thumbs(chat)
    up.focus()
    chat.page.keyboard.press("Tab")
    expect(down).to_be_focused()
    chat.page.keyboard.press("Space")
    expect(down).to_have_attribute("aria-pressed", "true")
    expect(down).to_be_focused()
    chat.page.keyboard.press("Shift+Tab")
    chat.page.keyboard.press("Enter")
    until_stored(platform, chat, "up")
    assert pressed(chat) == ["true", "false"]


def test_a_thumb_pressed_without_network_is_told_later(chat, platform):
    chat.say(QUESTION, ANSWER)
    chat.page.context.set_offline(True)
    expect(chat.panel.get_by_text(re.compile("^Sin conexión"))).to_be_visible()
    thumbs(chat)[1].click()
    expect(thumbs(chat)[1]).to_have_attribute("aria-pressed", "true")
    assert rating_of(platform, chat) is None
    chat.page.context.set_offline(False)
    until_stored(platform, chat, "down")


def test_two_tabs_show_the_same(chat):
    chat.say(QUESTION, ANSWER)
    second = chat.page.context.new_page()
    second.goto("/")
    other = Chat(second).open()
    other.hears(QUESTION, ANSWER)
    thumbs(chat)[0].click()
    expect(thumbs(other)[0]).to_have_attribute("aria-pressed", "true", timeout=PATIENCE_MS)


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desktop"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_how_it_looks(visit, viewport, theme):
    chat = visit(viewport=viewport, theme=theme).open()
    chat.say(QUESTION, ANSWER)
    thumbs(chat)[0].click()
    check_accessible(chat.page)
    check_fits(chat.page)
    shoot(chat.page, f"chat-answer-{theme}-{viewport['width']}")
