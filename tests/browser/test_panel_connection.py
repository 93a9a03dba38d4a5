"""A lost connection on both sides: it is said, what is written is kept and sent once, and what was missed arrives."""

import re

import pytest
from browser_support import PATIENCE_MS, shoot
from panel_support import CONVERSATIONS, banner, greeted, messages, thread_of
from playwright.sync_api import expect
from processes import Processes, wait_healthy

pytestmark = pytest.mark.platform

SOCKET = re.compile("/socket.io/")


class Cable:
    """The live connection of a page: it can be cut, while everything else goes on."""

    def __init__(self, page):
        self._open, self._is_cut = [], False
        page.route_web_socket(SOCKET, self._link)
        page.route(SOCKET, lambda route: route.abort() if self._is_cut else route.continue_())

    def _link(self, link):
        if self._is_cut:
            link.send("no handshake of any protocol")  # an error at once, where a closed link would be waited for
            return
        link.connect_to_server()
        self._open.append(link)

    def cut(self):
        """Close what is open, and refuse what is tried."""
        self._is_cut = True
        for link in self._open:
            link.close()
        self._open.clear()

    def mend(self):
        """Let it through again."""
        self._is_cut = False


def written(platform, conversation, text):
    return [one for one in thread_of(platform, conversation) if one["text"] == text]


def pending(page):
    return messages(page).get_by_text("Sin conexión: se enviará solo")


def send(page, text):
    page.get_by_role("textbox", name="Su mensaje").fill(text)
    page.get_by_role("button", name="Enviar", exact=True).click()


def test_without_network_an_answer_waits_and_leaves_once(chat, panel, platform):
    conversation = greeted(chat, platform)
    page = panel(f"/panel/conversaciones/{conversation}")
    expect(messages(page)).to_contain_text("hola")
    page.context.set_offline(True)
    expect(banner(page)).to_be_visible(timeout=PATIENCE_MS)
    send(page, "Le respondo en un momento")
    expect(pending(page)).to_be_visible()
    page.get_by_role("textbox", name="Su mensaje").fill("y esto lo estaba escribiendo")
    chat.say("¿hay alguien?", ".")
    assert written(platform, conversation, "Le respondo en un momento") == []
    shoot(page, "panel-offline")
    page.context.set_offline(False)
    expect(banner(page)).to_have_count(0, timeout=PATIENCE_MS)
    expect(messages(page)).to_contain_text("¿hay alguien?", timeout=PATIENCE_MS)
    expect(pending(page)).to_have_count(0, timeout=PATIENCE_MS)
    expect(page.get_by_role("textbox", name="Su mensaje")).to_have_value("y esto lo estaba escribiendo")
    expect(chat.bubbles("Le respondo en un momento")).to_have_count(1, timeout=PATIENCE_MS)
    expect(messages(page).get_by_text("Le respondo en un momento", exact=True)).to_have_count(1)
    assert len(written(platform, conversation, "Le respondo en un momento")) == 1


def test_an_answer_whose_receipt_was_lost_is_one_message(chat, panel, platform):
    conversation = greeted(chat, platform)
    page = panel(f"/panel/conversaciones/{conversation}")
    expect(messages(page)).to_contain_text("hola")
    lost = []

    def lose(route):
        if route.request.method != "POST" or lost:
            route.fallback()
            return
        lost.append(route.fetch().status)  # it arrives, and its answer does not
        route.abort()

    page.route(re.compile(f"{conversation}/messages"), lose)
    send(page, "¿Me escucha?")
    expect(chat.bubbles("¿Me escucha?")).to_have_count(1, timeout=PATIENCE_MS)
    expect(pending(page)).to_have_count(0, timeout=PATIENCE_MS)
    expect(messages(page).get_by_text("¿Me escucha?", exact=True)).to_have_count(1)
    assert lost == [201]
    assert len(written(platform, conversation, "¿Me escucha?")) == 1


def test_what_waits_outlives_a_reload(chat, panel, platform):
    conversation = greeted(chat, platform)
    page = panel(f"/panel/conversaciones/{conversation}")
    expect(messages(page)).to_contain_text("hola")
    posts = re.compile(f"{conversation}/messages$")
    page.route(posts, lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    send(page, "Queda anotado")
    expect(pending(page)).to_be_visible()
    page.unroute(posts)
    page.reload()
    expect(messages(page)).to_contain_text("Queda anotado")
    expect(chat.bubbles("Queda anotado")).to_have_count(1, timeout=PATIENCE_MS)
    assert len(written(platform, conversation, "Queda anotado")) == 1


def test_a_cut_live_connection_is_said_and_the_list_catches_up(chat, visit, new_context, panel, platform):
    conversation = greeted(chat, platform)
    page = panel("/panel/conversaciones")
    cable = Cable(page)
    page.reload()
    rows = page.get_by_role("region", name="Lista de conversaciones")
    mine = rows.locator(f'a[href*="{conversation}"]')
    expect(mine).to_be_visible()
    cable.cut()
    expect(banner(page)).to_be_visible(timeout=PATIENCE_MS)
    other = visit().open()
    missed = greeted(other, platform)
    chat.say("quiero hablar con una persona", "persona")
    assert platform.ask("GET", f"{CONVERSATIONS}/{conversation}")["waiting_since"]
    expect(rows.locator(f'a[href*="{missed}"]')).to_have_count(0)
    # The services still answer: what an official sends does not need the live connection.
    mine.click()
    send(page, "Buenas tardes")
    expect(chat.log).to_contain_text("Buenas tardes", timeout=PATIENCE_MS)
    cable.mend()
    expect(banner(page)).to_have_count(0, timeout=PATIENCE_MS)
    expect(rows.locator(f'a[href*="{missed}"]')).to_be_visible(timeout=PATIENCE_MS)
    expect(messages(page)).to_contain_text("quiero hablar con una persona")
    chat.say("gracias")
    expect(messages(page)).to_contain_text("gracias", timeout=PATIENCE_MS)
    assert len(written(platform, conversation, "Buenas tardes")) == 1


def test_a_gateway_that_died_under_open_pages(chat, panel, platform):
    processes = Processes.of_platform()
    if isinstance(processes, str):
        pytest.skip(processes)
    conversation = greeted(chat, platform)
    page = panel(f"/panel/conversaciones/{conversation}")
    expect(messages(page)).to_contain_text("hola")
    processes.stop("web-interface")
    try:
        expect(banner(page)).to_be_visible(timeout=PATIENCE_MS)
        # The gateway carries what is seen live; answers go to the hub, which is there.
        send(page, "Ya lo estoy viendo")
        expect(pending(page)).to_have_count(0, timeout=PATIENCE_MS)
        chat.say("¿siguen ahí?")
    finally:
        processes.start("web-interface")
    wait_healthy("after the gateway came back")
    expect(banner(page)).to_have_count(0, timeout=PATIENCE_MS)
    expect(messages(page).get_by_text("¿siguen ahí?", exact=True)).to_have_count(1, timeout=PATIENCE_MS)
    expect(chat.bubbles("Ya lo estoy viendo")).to_have_count(1, timeout=PATIENCE_MS)
    killed = processes.pid("web-interface")
    processes.kill(killed)
    processes.wait_reborn("web-interface", killed)
    chat.say("gracias")
    send(page, "De nada")
    expect(messages(page).get_by_text("gracias", exact=True)).to_have_count(1, timeout=PATIENCE_MS)
    expect(chat.bubbles("De nada")).to_have_count(1, timeout=PATIENCE_MS)
    for text in ("Ya lo estoy viendo", "¿siguen ahí?", "gracias", "De nada"):
        assert len(written(platform, conversation, text)) == 1, text


def test_a_citizen_whose_connection_was_cut_misses_nothing(visit, platform):
    chat = visit()
    cable = Cable(chat.page)
    chat.page.reload()
    chat.open()
    conversation = greeted(chat, platform)
    base = f"{CONVERSATIONS}/{conversation}"
    platform.ask("POST", f"{base}/takeover", json={})
    cable.cut()
    expect(chat.panel.get_by_text("Sin conexión. Sus mensajes se enviarán al volver.")).to_be_visible(
        timeout=PATIENCE_MS
    )
    platform.ask("POST", f"{base}/messages", json={"text": "¿Sigue ahí?"})
    chat.say("aquí sigo")
    cable.mend()
    expect(chat.bubbles("¿Sigue ahí?")).to_have_count(1, timeout=PATIENCE_MS)
    expect(chat.log).not_to_contain_text("Enviando…", timeout=PATIENCE_MS)
    expect(chat.bubbles("aquí sigo")).to_have_count(1)
    assert platform.said(conversation) == ["hola", "aquí sigo"]
