"""Every page of the officials, by day and night, from a telephone to a wall: nothing sticks out, axe is silent."""

import pytest
from browser_support import PATIENCE_MS, check_accessible, check_fits, check_light, shoot
from panel_support import complaint_of, greeted
from playwright.sync_api import expect

pytestmark = pytest.mark.platform

PAGES = {
    "conversaciones": "Conversaciones",
    "agenda": "Agenda",
    "agenda?vista=dia": "Agenda",
    "agenda?vista=mes": "Agenda",
    "agenda/lista": "Lista del día",
    "reclamos": "Reclamos",
    "reclamos?view=board": "Reclamos",
    "reclamos?view=map": "Reclamos",
    "conocimiento": "Conocimiento",
    "cifras": "Cifras",
    "salud": "Salud",
    "ajustes/institucion": "Ajustes",
    "ajustes/personas": "Ajustes",
    "ajustes/oficinas": "Ajustes",
    "ajustes/tramites": "Ajustes",
    "ajustes/horarios": "Ajustes",
    "ajustes/cierres": "Ajustes",
    "ajustes/reservas": "Ajustes",
    "ajustes/canales": "Ajustes",
    "ajustes/textos": "Ajustes",
    "ajustes/avisos": "Ajustes",
    "ajustes/sin-entregar": "Ajustes",
    "ajustes/webhooks": "Ajustes",
    "ajustes/registro": "Ajustes",
}


@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_is_accessible_and_fits_by_day_and_night(panel, platform, chat, width):
    filed = complaint_of(platform)
    own = {
        f"conversaciones/{greeted(chat, platform)}": "Persona sin nombre",
        f"reclamos/{filed['folio']}": filed["folio"],
        "no-existe": "Esta página no existe",
    }
    page = panel("/panel/conversaciones", who="admin", viewport={"width": width, "height": 800})
    for path, title in {**PAGES, **own}.items():
        page.goto(f"/panel/{path}")
        expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
        expect(page.get_by_text("Cargando…")).to_have_count(0, timeout=PATIENCE_MS)
        check_light(page)
        grounds = set()
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            check_accessible(page)
            check_fits(page)
            grounds.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
            name = path.translate(str.maketrans("/?=", "---"))
            shoot(page, f"panel-{name if path not in own else name.split('-')[0] + '-one'}-{theme}-{width}")
        assert len(grounds) == 2, "night looks like day"


def test_the_main_pages_fit_a_screen_of_4k(panel, platform, chat):
    thread = f"conversaciones/{greeted(chat, platform)}"
    filed = complaint_of(platform)
    one = f"reclamos/{filed['folio']}"
    page = panel("/panel", who="admin", viewport={"width": 3840, "height": 2160})
    for path, title in {
        thread: "Persona sin nombre",
        "agenda": "Agenda",
        "reclamos": "Reclamos",
        "reclamos?view=board": "Reclamos",
        one: filed["folio"],
        "cifras": "Cifras",
        "ajustes/registro": "Ajustes",
    }.items():
        page.goto(f"/panel/{path}")
        expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
        expect(page.get_by_text("Cargando…")).to_have_count(0, timeout=PATIENCE_MS)
        check_fits(page)
        name = path.translate(str.maketrans("/?=", "---"))
        shoot(page, f"panel-{name if path not in (thread, one) else name.split('-')[0] + '-one'}-light-3840")
