"""A complaint, filed in the chat and followed there and on its page."""

import pytest
from browser_support import check_accessible, check_fits, shoot
from playwright.sync_api import expect

pytestmark = pytest.mark.platform


def follow(page, folio, rut_end):
    page.get_by_label("Número de reclamo", exact=True).fill(folio)
    page.get_by_label("Últimos cuatro caracteres de su RUT").fill(rut_end)
    page.get_by_role("button", name="Ver mi reclamo").click()


def test_files_a_complaint_and_follows_it(chat, rut):
    folio = chat.complain(rut)
    shoot(chat.page, "chat-complaint")
    chat.say(f"¿en qué va mi reclamo {folio}?", "Recibido")
    shoot(chat.page, "chat-complaint-followed")
    page = chat.page
    page.keyboard.press("Escape")
    page.get_by_role("navigation").get_by_role("link", name="Seguir un reclamo").first.click()
    expect(page.get_by_role("heading", name="Seguir un reclamo", level=1)).to_be_visible()
    end = rut.replace("-", "")[-4:]

    wrong = "0000" if end != "0000" else "1111"
    follow(page, folio, wrong)
    expect(page.get_by_role("alert").or_(page.get_by_role("status")).filter(has_text="reclamo").first).to_be_visible()
    expect(page.get_by_role("main")).not_to_contain_text("Alumbrado")
    check_accessible(page)
    shoot(page, "complaint-not-found")

    follow(page, folio.lower(), end)
    result = page.get_by_role("article")
    expect(result).to_contain_text(folio)
    expect(result).to_contain_text("Recibido")
    assert folio not in page.url
    check_accessible(page)
    shoot(page, "complaint-result", full=True)


def test_the_forms_own_errors_are_told(visit):
    page = visit(path="/reclamo").page
    page.get_by_role("button", name="Ver mi reclamo").click()
    expect(page.get_by_role("main")).to_contain_text("Escriba su número de reclamo.")
    expect(page.get_by_label("Número de reclamo", exact=True)).to_be_focused()
    follow(page, "REC-1", "12")
    expect(page.get_by_role("main")).to_contain_text("El número de reclamo se escribe así")
    expect(page.get_by_role("main")).to_contain_text("Son tres números")
    check_accessible(page)
    shoot(page, "complaint-form-errors")


def test_a_slip_in_the_number_is_told_as_such(visit):
    page = visit(path="/reclamo").page
    follow(page, "REC-2026-000001-0", "9032")
    told = page.get_by_role("alert").or_(page.get_by_role("status"))
    expect(told.filter(has_text="reclamo").first).to_be_visible()
    shoot(page, "complaint-slip")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_of_complaints_is_accessible_and_fits(visit, theme, width):
    page = visit(path="/reclamo", theme=theme, viewport={"width": width, "height": 800}).page
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    check_accessible(page)
    check_fits(page)
    shoot(page, f"complaint-form-{theme}-{width}", full=True)
