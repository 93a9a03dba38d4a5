"""Who may come in, how far, and how it ends: log-in, roles, lockout, passwords, expiry."""

import re
import secrets

import pytest
from browser_support import PATIENCE_MS, TENANT, check_accessible, shoot
from panel_support import APPOINTMENTS, COMPLAINTS, CONVERSATIONS, complaint_of, greeted, messages
from playwright.sync_api import expect

pytestmark = pytest.mark.platform


def fill_in(page, email, password, tenant=TENANT):
    page.get_by_label("Municipalidad").select_option(tenant)
    page.get_by_label("Correo electrónico").fill(email)
    page.get_by_label("Contraseña").fill(password)
    page.get_by_role("button", name="Ingresar").click()


@pytest.fixture
def newcomer(platform):
    """An official whom nobody else is: e-mail and password."""
    email, password = f"prueba-{secrets.token_hex(6)}@oficina.cl", secrets.token_urlsafe(12)
    body = {"email": email, "name": "Persona de Prueba", "role": "agent", "password": password}
    made = platform.ask("POST", "/api/conversations/v1/agents", json=body, who="admin")
    yield email, password
    platform.ask("PATCH", f"/api/conversations/v1/agents/{made['id']}", json={"active": False}, who="admin")


@pytest.fixture
def door(new_context):
    """The log-in, in a browser that nobody has used."""
    page = new_context().new_page()
    page.goto("/panel/reclamos")
    expect(page.get_by_role("heading", name="Ingreso de funcionarios")).to_be_visible()
    return page


def test_one_comes_in_goes_and_leaves(door, platform):
    check_accessible(door)
    shoot(door, "panel-login")
    fill_in(door, f"agente@{TENANT}.demo", platform.password)
    expect(door.get_by_role("heading", name="Reclamos", level=1)).to_be_visible(timeout=PATIENCE_MS)
    door.get_by_role("button", name=re.compile("Su cuenta")).click()
    door.get_by_role("button", name="Cerrar sesión").click()
    expect(door.get_by_role("heading", name="Ingreso de funcionarios")).to_be_visible()
    door.go_back()
    expect(door.get_by_label("Contraseña")).to_be_visible()
    assert door.evaluate("sessionStorage.getItem('munbot.panel.session')") is None


def test_a_lockout_says_how_long_it_lasts(door, newcomer):
    email, password = newcomer
    alert = door.get_by_role("alert")
    fill_in(door, email, "equivocada-1")
    expect(alert).to_contain_text("Correo o contraseña incorrectos")
    for attempt in range(2, 8):
        with door.expect_response(re.compile("/auth/login")) as answer:
            fill_in(door, email, f"equivocada-{attempt}")
        if answer.value.status == 429:
            break
    expect(alert).to_contain_text(re.compile(r"Demasiados intentos fallidos\. Vuelva a intentarlo en \d+ minutos?\."))
    assert int(answer.value.headers["retry-after"]) > 60
    check_accessible(door)
    shoot(door, "panel-locked")
    fill_in(door, email, password)  # the right one does not open it either
    expect(alert).to_contain_text("Demasiados intentos fallidos")
    expect(door.get_by_role("navigation", name="Secciones")).to_have_count(0)


def test_a_password_is_changed(door, newcomer, platform):
    email, password = newcomer
    fill_in(door, email, password)
    door.get_by_role("button", name=re.compile("Su cuenta")).click(timeout=PATIENCE_MS)
    door.get_by_role("button", name="Cambiar contraseña").click()
    dialog = door.get_by_role("dialog", name="Cambiar contraseña")
    fields = [dialog.get_by_label(name, exact=True) for name in ("Contraseña actual", "Contraseña nueva")]
    again, save = (
        dialog.get_by_label("Repita la contraseña nueva"),
        dialog.get_by_role("button", name="Cambiar", exact=True),
    )
    fresh = secrets.token_urlsafe(12)
    fields[0].fill(password)
    fields[1].fill(fresh)
    again.fill("otra cosa distinta")
    save.click()
    expect(dialog).to_contain_text("Las dos contraseñas no son iguales.")
    again.fill(fresh)
    fields[0].fill("no-es-la-actual")
    save.click()
    expect(dialog.get_by_role("alert")).to_contain_text("La contraseña actual no es la que escribió.")
    expect(door.get_by_role("navigation", name="Secciones")).to_be_visible()  # a slip does not end the session
    check_accessible(door)
    shoot(door, "panel-password")
    fields[0].fill(password)
    save.click()
    expect(door.get_by_text("Su contraseña cambió.")).to_be_visible()
    expect(dialog).to_have_count(0)
    assert platform.log_in(email, password).status_code == 401
    assert platform.log_in(email, fresh).status_code == 200


def test_an_ended_session_leads_back_to_where_one_was(panel, platform):
    filed = complaint_of(platform)
    page = panel(f"/panel/reclamos/{filed['folio']}?view=board")
    expect(page.get_by_role("heading", name=filed["folio"], level=1)).to_be_visible()
    # The service refuses the token of the next answer.
    answers = re.compile("/comments$")
    stale = {"authorization": "Bearer x"}
    page.route(answers, lambda route: route.continue_(headers={**route.request.headers, **stale}))
    page.get_by_label("Respuesta", exact=True).fill("Vamos mañana")
    page.get_by_role("button", name="Enviar respuesta").click()
    expect(page.get_by_role("heading", name="Su sesión terminó")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_role("main")).not_to_contain_text(filed["folio"])
    check_accessible(page)
    shoot(page, "panel-expired")
    page.unroute_all()
    fill_in(page, f"agente@{TENANT}.demo", platform.password)
    expect(page.get_by_role("heading", name=filed["folio"], level=1)).to_be_visible(timeout=PATIENCE_MS)
    assert page.url.endswith(f"/panel/reclamos/{filed['folio']}?view=board")
    expect(page.get_by_label("Respuesta", exact=True)).to_have_value("Vamos mañana")
    page.get_by_role("button", name="Enviar respuesta").click()
    expect(page.get_by_label("Respuesta", exact=True)).to_have_value("", timeout=PATIENCE_MS)
    comments = platform.ask("GET", f"{COMPLAINTS}/{filed['folio']}")["comments"]
    assert [one["text"] for one in comments] == ["Vamos mañana"]


def test_what_was_begun_outlives_the_session_and_is_its_writers_alone(chat, panel, platform):
    conversation = greeted(chat, platform)
    page = panel(f"/panel/conversaciones/{conversation}")
    field = page.get_by_role("textbox", name="Su mensaje")
    field.fill("Le escribo en cuanto")
    takeover = re.compile("/takeover$")
    stale = {"authorization": "Bearer x"}
    page.route(takeover, lambda route: route.continue_(headers={**route.request.headers, **stale}))
    page.get_by_role("button", name="Atender", exact=True).click()
    expect(page.get_by_role("heading", name="Su sesión terminó")).to_be_visible(timeout=PATIENCE_MS)
    page.unroute(takeover)
    for person, begun in (("admin", ""), ("agente", "Le escribo en cuanto")):
        fill_in(page, f"{person}@{TENANT}.demo", platform.password)
        page.locator(f'a[href*="{conversation}"]').click(timeout=PATIENCE_MS)
        expect(messages(page)).to_contain_text("hola", timeout=PATIENCE_MS)
        expect(field).to_have_value(begun)
        if not begun:
            page.get_by_role("button", name=re.compile("Su cuenta")).click()
            page.get_by_role("button", name="Cerrar sesión").click()
    field.press("End")
    field.press_sequentially(" pueda")
    page.get_by_role("button", name="Enviar", exact=True).click()
    expect(chat.bubbles("Le escribo en cuanto pueda")).to_have_count(1, timeout=PATIENCE_MS)
    expect(field).to_have_value("")


def test_a_session_that_is_over_by_the_clock_is_not_used(new_context, platform, panel):
    page = panel("/panel/agenda")
    expect(page.get_by_role("heading", name="Agenda", level=1)).to_be_visible()
    page.evaluate(
        """() => {
            const kept = JSON.parse(sessionStorage.getItem("munbot.panel.session"));
            sessionStorage.setItem("munbot.panel.session", JSON.stringify({ ...kept, expiresAt: Date.now() - 1 }));
        }"""
    )
    page.reload()
    expect(page.get_by_label("Contraseña")).to_be_visible()
    assert page.url.endswith("/panel/agenda")


def test_a_viewer_sees_and_may_not_act(chat, panel, platform, bookings):
    conversation = greeted(chat, platform)
    filed, quiet = complaint_of(platform), bookings.quiet_day()
    hour = bookings.book(quiet.starts[0], quiet.office_id)
    page = panel(f"/panel/conversaciones/{conversation}", who="lectura")
    expect(messages(page)).to_contain_text("hola")
    for name in ("Atender", "Asignar", "Cerrar"):
        expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)
    expect(page.get_by_role("textbox", name="Su mensaje")).to_have_count(0)
    expect(page.get_by_role("link", name="Ajustes")).to_have_count(0)
    page.goto(f"/panel/reclamos/{filed['folio']}")
    expect(page.get_by_role("main")).to_contain_text(filed["description"])
    expect(page.get_by_role("button", name="Mover")).to_have_count(0)
    expect(page.get_by_label("Respuesta", exact=True)).to_have_count(0)
    page.goto(f"{quiet.address()}&hora={hour['id']}")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(hour["code"])
    expect(dialog.get_by_role("button", name=re.compile("Mover|Anular|Confirmar|Corregir"))).to_have_count(0)
    expect(page.locator(".fc-event-draggable")).to_have_count(0)
    page.goto("/panel/ajustes/personas")
    expect(page.get_by_role("main")).to_contain_text("Esta página no existe")
    viewer = platform.staff(who="lectura")
    start = {"start": quiet.starts[1]}
    for method, path, body in (
        ("POST", f"{CONVERSATIONS}/{conversation}/takeover", {}),
        ("POST", f"{CONVERSATIONS}/{conversation}/messages", {"text": "hola"}),
        ("POST", f"{COMPLAINTS}/{filed['folio']}/status", {"status": "in_review", "reason": "x"}),
        ("POST", f"{APPOINTMENTS}/{hour['id']}/reschedule", start),
        ("GET", "/api/conversations/v1/audit", None),
    ):
        answer = viewer.request(method, path, json=body)
        assert answer.status_code == 403, f"{method} {path}: {answer.text}"
    assert bookings.now(hour)["version"] == hour["version"]
