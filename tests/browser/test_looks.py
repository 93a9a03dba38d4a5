"""Every size, theme and office: nothing sticks out, and axe has nothing to say."""

import pytest
from browser_support import OTHER_TENANT, TENANT, check_accessible, check_fits, check_light, new_rut, shoot
from playwright.sync_api import expect

pytestmark = pytest.mark.platform

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
SIZES = pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desktop"])
THEMES = pytest.mark.parametrize("theme", ["light", "dark"])


@SIZES
@THEMES
@pytest.mark.parametrize("tenant", [TENANT, OTHER_TENANT])
def test_the_home_page(visit, viewport, theme, tenant):
    chat = visit(tenant, viewport=viewport, theme=theme)
    page = chat.page
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("heading", name="Oficinas")).to_be_visible()
    check_light(page)
    check_accessible(page)
    check_fits(page)
    shoot(page, f"home-{tenant}-{theme}-{viewport['width']}", full=True)


@pytest.mark.parametrize(
    ("path", "title"), [("/reclamo", "Seguir un reclamo"), ("/simulator", "Simulador de WhatsApp")]
)
def test_other_pages_of_citizens_are_light(visit, path, title):
    page = visit(path=path).page
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
    check_light(page)


@SIZES
@THEMES
def test_the_open_chat(visit, viewport, theme):
    chat = visit(viewport=viewport, theme=theme).open()
    expect(chat.panel.get_by_role("group", name="Para empezar")).to_be_visible()
    shoot(chat.page, f"chat-greeting-{theme}-{viewport['width']}")
    check_accessible(chat.page)
    chat.say("quiero pedir hora para renovar la licencia", "día")
    expect(chat.options.first).to_be_enabled()
    shoot(chat.page, f"chat-{theme}-{viewport['width']}")
    check_accessible(chat.page)
    check_fits(chat.page)


def test_a_phone_under_the_thumb(visit):
    chat = visit(viewport=PHONE, has_touch=True, is_mobile=True, device_scale_factor=2)
    page = chat.page
    page.get_by_role("button", name="Menú").tap()
    expect(page.get_by_role("navigation").get_by_role("link", name="Oficinas").first).to_be_visible()
    shoot(page, "phone-menu")
    page.get_by_role("button", name="Menú").tap()
    page.get_by_role("button", name="Abrir el chat").tap()
    expect(chat.panel).to_be_visible()
    box = chat.panel.bounding_box()
    assert box is not None
    assert box["width"] == PHONE["width"]
    chat.book(new_rut(), slot=1)
    check_fits(page)
    shoot(page, "phone-booked")


def test_the_second_office_speaks_for_itself(visit, platform):
    chat = visit(OTHER_TENANT)
    expect(chat.page.get_by_role("banner")).to_contain_text("Punta Brava")
    chat.open()
    chat.say("¿cuál es su horario?", "lunes|horario")
    conversation = platform.conversation_of(chat.page)
    assert platform.said(conversation, OTHER_TENANT) == ["¿cuál es su horario?"]
    # The first office does not know this conversation.
    answer = platform.staff(TENANT).get(f"/api/conversations/v1/conversations/{conversation}")
    assert answer.status_code == 404
    shoot(chat.page, "chat-punta-brava")


def test_unknown_pages_say_so(visit):
    page = visit(path="/t/no-existe/").page
    expect(page.get_by_role("heading", name="No conocemos esa municipalidad")).to_be_visible()
    check_accessible(page)
    shoot(page, "unknown-tenant")
