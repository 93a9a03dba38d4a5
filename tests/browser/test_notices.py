"""What people are told, who of the office hears of it, and what did not arrive: the settings of notifications."""

import time
import uuid

import pytest
from browser_support import PATIENCE_MS, check_accessible, check_fits, shoot
from playwright.sync_api import expect

pytestmark = pytest.mark.platform


def test_a_municipality_says_it_in_its_own_words_and_takes_them_back(panel, platform):
    page = panel("/panel/ajustes/textos", who="admin")
    page.get_by_role("button", name="Editar Reclamo reabierto (a la unidad)").click()
    dialog = page.get_by_role("dialog")
    words = dialog.get_by_label("Correo sin formato")
    before = words.input_value()
    words.fill("Estimada unidad:\n\nVuelve el reclamo {{ folio }\n")
    dialog.get_by_role("button", name="Guardar").click()
    expect(dialog).to_contain_text("Línea 3")
    expect(words).to_be_focused()
    assert words.evaluate("field => field.value.slice(field.selectionStart, field.selectionEnd)").startswith("Vuelve")
    check_accessible(page)
    dialog.get_by_role("tab", name="Vista previa").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Línea 3")
    dialog.get_by_role("tab", name="Escribir").click()
    mark = f"Vuelve {uuid.uuid4().hex[:6]}"
    words.fill(f"{mark}: {{{{ folio }}}}")
    dialog.get_by_role("tab", name="Vista previa").click()
    expect(dialog.get_by_text(f"{mark}: REC-")).to_be_visible(timeout=PATIENCE_MS)
    mail = dialog.frame_locator("iframe")
    expect(mail.locator("body")).to_contain_text("REC-")
    check_accessible(page)
    shoot(page, "panel-template-preview")
    dialog.get_by_role("button", name="Guardar").click()
    expect(page.get_by_role("dialog")).to_have_count(0, timeout=PATIENCE_MS)
    expect(page.get_by_role("row", name="Reclamo reabierto (a la unidad)")).to_contain_text("Propio")
    page.get_by_role("button", name="Editar Reclamo reabierto (a la unidad)").click()
    expect(dialog.get_by_label("Correo sin formato")).to_have_value(f"{mark}: {{{{ folio }}}}")
    dialog.get_by_role("button", name="Volver al texto de fábrica").click()
    page.get_by_role("dialog").get_by_role("button", name="Volver al texto de fábrica").click()
    expect(page.get_by_role("row", name="Reclamo reabierto (a la unidad)")).to_contain_text("De fábrica")
    kept = platform.ask("GET", "/api/notifications/v1/templates/unit_complaint_reopened")
    assert kept["words"]["text"] == before


def test_who_of_the_office_hears_of_what(panel):
    page = panel("/panel/ajustes/avisos", who="admin")
    name = f"Aseo {uuid.uuid4().hex[:6]}"
    page.get_by_role("button", name="Agregar destinatario").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Nombre").fill(name)
    dialog.get_by_label("Correo", exact=True).fill(f"aseo-{uuid.uuid4().hex[:6]}@muni.example")
    dialog.get_by_role("button", name="Guardar").click()
    expect(dialog).to_contain_text("Elija al menos un aviso")
    dialog.get_by_label("Resumen diario").check()
    check_accessible(page)
    dialog.get_by_role("button", name="Guardar").click()
    row = page.get_by_role("row", name=name)
    expect(row).to_contain_text("Resumen diario", timeout=PATIENCE_MS)
    page.get_by_role("button", name=f"Editar {name}").click()
    dialog.get_by_label("Recibe avisos").uncheck()
    dialog.get_by_role("button", name="Guardar").click()
    expect(row).to_contain_text("En pausa", timeout=PATIENCE_MS)
    page.get_by_role("button", name=f"Editar {name}").click()
    dialog.get_by_role("button", name="Eliminar").click()
    page.get_by_role("dialog").get_by_role("button", name="Eliminar").click()
    expect(page.get_by_text(name)).to_have_count(0, timeout=PATIENCE_MS)


def test_the_hours_of_notices_are_the_municipalitys(panel, platform):
    def hour():
        return platform.ask("GET", "/api/notifications/v1/rules")["digest_at"][:5]

    before = hour()
    page = panel("/panel/ajustes/avisos", who="admin")
    digest = page.get_by_label("Hora del resumen diario")
    expect(digest).to_have_value(before)
    for wish in ("07:30", before):
        digest.fill(wish)
        with page.expect_response(lambda answer: answer.url.endswith("/v1/rules") and answer.request.method == "PUT"):
            page.get_by_role("region", name="Horas de los avisos").get_by_role("button", name="Guardar").click()
        expect(page.get_by_text("Horas guardadas").first).to_be_visible()
        assert hour() == wish


def wait_failed(platform, notification_id):
    """Wait until a notice was tried and not taken; where the mail server takes all, there is nothing to see."""
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while time.monotonic() < deadline:
        found = platform.ask("GET", f"/api/notifications/v1/notifications/{notification_id}")
        if found["state"] == "sent":
            pytest.skip("the mail server of this platform takes every address")
        if found["state"] == "failed":
            return
        time.sleep(0.5)
    raise AssertionError(found)


@pytest.fixture
def undelivered(platform):
    """The id of a mail that the mail server did not take, the newest one."""
    body = {"to": f"ñandú-{uuid.uuid4().hex[:8]}@correo.example", "subject": "Aviso", "text": "Mañana no hay agua."}
    body["immediate"] = True  # at night, too
    made = platform.ask("POST", "/api/notifications/v1/email", json=body)
    wait_failed(platform, made["id"])
    return made["id"]


def test_what_was_not_delivered_is_sent_again_or_discarded(panel, platform, undelivered):
    page = panel("/panel/ajustes/sin-entregar", who="admin")
    rows = page.get_by_role("table").get_by_role("row").filter(has_text="@correo.example")
    expect(rows.first).to_contain_text("no admite esa dirección", timeout=PATIENCE_MS)
    expect(rows.first).not_to_contain_text("2 intentos")
    expect(page.get_by_text("ñandú-")).to_have_count(0)  # masked
    check_accessible(page)
    check_fits(page)
    shoot(page, "panel-undelivered")
    rows.first.get_by_role("button", name="Enviar de nuevo").click()
    expect(page.get_by_text("Se envía de nuevo")).to_be_visible()
    wait_failed(platform, undelivered)  # once more
    page.reload()
    expect(rows.first).to_contain_text("2 intentos", timeout=PATIENCE_MS)
    rows.first.get_by_role("button", name="Descartar").click()
    page.get_by_role("dialog").get_by_role("button", name="Descartar").click()
    expect(page.get_by_text("Aviso descartado")).to_be_visible()
    asked = platform.ask("GET", f"/api/notifications/v1/notifications/{undelivered}")
    assert asked["state"] == "discarded"
