"""An hour, from the first page to its end: booked, changed and cancelled by typing and clicking."""

import re

import pytest
from browser_support import CODE, SLOT, check_accessible, check_fits, new_rut, shoot
from playwright.sync_api import expect

pytestmark = pytest.mark.platform


def test_books_changes_and_cancels_from_the_home_page(visit, platform, rut):
    chat = visit()
    wish = "quiero pedir hora para renovar mi licencia de conducir"
    chat.page.get_by_label("Escriba lo que necesita").fill(wish)
    chat.page.get_by_role("button", name="Preguntar").click()
    expect(chat.panel).to_be_visible()
    chat.hears(wish, "día")
    shoot(chat.page, "chat-offers-hours")
    chosen = chat.press(SLOT, "RUT")
    chat.answer_who(rut)
    shoot(chat.page, "chat-summary")
    chat.press("Sí, reservar", "Su código es")
    shoot(chat.page, "chat-booked")
    code = chat.find(CODE)
    booked = platform.appointment(code)
    assert booked["citizen"]["rut"] == rut
    time = chosen.rsplit(" ", 1)[-1].zfill(5)
    assert booked["start"][11:16] == time

    chat.say("necesito cambiar mi hora", "día|cuándo")
    chat.press(SLOT, "cambiada", nth=2)
    moved = platform.appointment(code)
    assert moved["start"] != booked["start"]
    assert moved["sequence"] > booked["sequence"]

    chat.say("quiero anular mi hora", "¿Anulo")
    chat.press(re.compile("^Sí"), "anulé")
    assert platform.appointment(code)["status"].startswith("cancelled")
    shoot(chat.page, "chat-cancelled")


def test_a_button_of_the_page_begins_the_errand(visit):
    chat = visit()
    chat.page.get_by_role("button", name=re.compile("^Pedir hora Elija")).click()
    expect(chat.panel).to_be_visible()
    chat.hears("Quiero pedir una hora", "trámite")
    expect(chat.options.first).to_be_enabled()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_secret_page_confirms_moves_and_cancels(visit, platform, theme):
    chat = visit(theme=theme).open()
    code = chat.book(new_rut(), slot=1)
    page = chat.page
    page.goto(platform.secret_page(code))
    expect(page.get_by_role("heading", name="Su hora")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text(code)
    check_accessible(page)
    check_fits(page)
    shoot(page, f"secret-page-{theme}")

    page.get_by_role("button", name="Confirmo que iré").click()
    expect(page.get_by_role("status")).to_contain_text("quedó confirmada")
    assert platform.appointment(code)["status"] == "confirmed"

    before = platform.appointment(code)["start"]
    page.get_by_role("link", name="Cambiar para otro momento").click()
    check_accessible(page)
    shoot(page, f"secret-page-move-{theme}")
    page.get_by_role("button").filter(has_text=re.compile(r"\d{1,2}:\d{2}")).nth(2).click()
    expect(page.get_by_role("status")).to_contain_text("quedó cambiada")
    assert platform.appointment(code)["start"] != before

    page.get_by_role("link", name="Anular la hora").click()
    assert not platform.appointment(code)["status"].startswith("cancelled")
    check_accessible(page)
    page.get_by_role("button", name="Sí, anular").click()
    expect(page.get_by_role("status")).to_contain_text("quedó anulada")
    assert platform.appointment(code)["status"].startswith("cancelled")
    expect(page.get_by_role("button")).to_have_count(0)


def test_a_wrong_secret_shows_nothing(chat, platform, rut):
    code = chat.book(rut, slot=2)
    path = platform.secret_page(code).rsplit("token=", 1)[0]
    page = chat.page
    assert page.goto(f"{path}token=adivinado").status in {403, 404}
    expect(page.get_by_role("heading", name="El enlace no es válido")).to_be_visible()
    expect(page.locator("body")).not_to_contain_text("Marcela")
    shoot(page, "secret-page-invalid")
