"""Complaints on the officials' pages: what is done with one is told to its citizen, and two officials lose nothing."""

import re

import pytest
from browser_support import PATIENCE_MS, check_accessible, new_rut, shoot
from panel_support import COMPLAINTS, complaint_of, greeted, rows_of, thread_of
from playwright.sync_api import expect

pytestmark = pytest.mark.platform


@pytest.fixture
def filed(chat, platform):
    """A complaint of the citizen whose chat is open."""
    return complaint_of(platform, conversation_id=greeted(chat, platform))


def now(platform, complaint):
    return platform.ask("GET", f"{COMPLAINTS}/{complaint['folio']}")


def column(page, status):
    return page.get_by_role("region", name="Reclamos por estado").get_by_role("region", name=status, exact=True)


def board(panel, complaint, **options):
    page = panel(f"/panel/reclamos?view=board&q={complaint['folio']}", **options)
    expect(column(page, "Recibido").get_by_role("listitem")).to_have_count(1)
    return page


def test_a_card_moved_on_the_board_is_told_with_its_reason(filed, chat, panel, platform):
    page = board(panel, filed)
    column(page, "Recibido").get_by_role("listitem").drag_to(column(page, "En revisión"))
    dialog = page.get_by_role("dialog", name=f"Cambiar el estado de {filed['folio']}")
    expect(dialog.get_by_label("Nuevo estado")).to_have_value("in_review")
    dialog.get_by_role("button", name="Mover").click()
    expect(dialog).to_contain_text("Escriba el motivo del cambio.")
    dialog.get_by_label("Motivo").fill("Una cuadrilla va mañana")
    check_accessible(page)
    shoot(page, "panel-board-move")
    dialog.get_by_role("button", name="Mover").click()
    expect(column(page, "En revisión")).to_contain_text(filed["folio"])
    expect(column(page, "Recibido").get_by_role("listitem")).to_have_count(0)
    told = f"Novedades de su reclamo {filed['folio']}: en revisión. Una cuadrilla va mañana"
    expect(chat.log).to_contain_text(told, timeout=PATIENCE_MS)
    assert now(platform, filed)["status"] == "in_review"


def test_a_card_dropped_where_it_may_not_go_stays_and_says_so(filed, panel, platform):
    page = board(panel, filed, viewport={"width": 2400, "height": 900})  # all columns are in view
    column(page, "Recibido").get_by_role("listitem").drag_to(column(page, "Reabierto"))
    expect(page.get_by_text("De «Recibido» no se puede pasar a «Reabierto».")).to_be_visible()
    expect(column(page, "Recibido").get_by_role("listitem")).to_have_count(1)
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert now(platform, filed)["version"] == filed["version"]


def test_a_card_is_moved_by_the_keyboard(filed, chat, panel, platform):
    page = board(panel, filed)
    page.get_by_role("button", name=f"Mover {filed['folio']}").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_label("Nuevo estado").press_sequentially("En rev")
    page.keyboard.press("Tab")
    expect(dialog.get_by_label("Motivo")).to_be_focused()
    page.keyboard.type("Lo vemos hoy")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    expect(column(page, "En revisión")).to_contain_text(filed["folio"])
    expect(chat.log).to_contain_text("en revisión. Lo vemos hoy", timeout=PATIENCE_MS)
    assert now(platform, filed)["status"] == "in_review"


def test_an_answer_reaches_the_citizen_and_a_note_does_not(filed, chat, panel, platform):
    page = panel(f"/panel/reclamos/{filed['folio']}")
    page.get_by_role("tab", name="Nota interna").click()
    page.get_by_label("Nota", exact=True).fill("Es reincidente")
    page.get_by_role("button", name="Guardar nota").click()
    expect(page.get_by_text("Es reincidente")).to_be_visible()
    page.get_by_role("tab", name="Responder a la persona").click()
    page.get_by_label("Respuesta", exact=True).fill("El camión pasa los martes")
    page.get_by_role("button", name="Enviar respuesta").click()
    expect(page.get_by_role("listitem").filter(has_text="El camión pasa los martes").first).to_contain_text(
        "A la persona"
    )
    told = f"Respuesta a su reclamo {filed['folio']}: El camión pasa los martes"
    expect(chat.log).to_contain_text(told, timeout=PATIENCE_MS)
    said = "\n".join(one["text"] for one in thread_of(platform, filed["conversation_id"]))
    assert said.count("El camión pasa los martes") == 1
    assert "reincidente" not in said
    check_accessible(page)
    shoot(page, "panel-complaint")


def test_the_list_is_downloaded_as_it_is_filtered(panel, platform):
    citizen = {"rut": new_rut(), "name": "=1+1; Ñandú «Pérez»"}
    filed = complaint_of(platform, citizen=citizen, description='Primera línea\nsegunda; con «comillas» y "dobles"')
    page = panel(f"/panel/reclamos?q={filed['folio']}")
    expect(page.get_by_role("table")).to_contain_text(filed["folio"])
    with page.expect_download() as started:
        page.get_by_role("button", name="Descargar CSV").click()
    assert started.value.suggested_filename == "reclamos.csv"
    (row,) = rows_of(started.value)
    assert row["Folio"] == filed["folio"], row
    assert filed["description"] in row.values()
    # A spreadsheet must not take a name for a formula.
    assert not any(value.startswith("=") for value in row.values())
    assert any("Ñandú «Pérez»" in value for value in row.values())


def test_duplicates_are_merged_and_both_citizens_hear_of_it(filed, chat, panel, platform):
    place = {"latitude": -33.1, "longitude": -71.2, "address": "Los Quillayes 310"}
    kept = complaint_of(platform, place=place)
    repeated = complaint_of(platform, place=place, conversation_id=filed["conversation_id"])
    page = panel(f"/panel/reclamos/{repeated['folio']}")
    page.get_by_role("button", name="Reunir duplicado").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Folio del reclamo que sigue").fill(kept["folio"])
    check_accessible(page)
    shoot(page, "panel-complaint-merge")
    dialog.get_by_role("button", name="Reunir duplicado").click()
    expect(page.get_by_role("main")).to_contain_text(f"Este reclamo está reunido con {kept['folio']}")
    assert now(platform, repeated)["merged_into"] == kept["folio"]
    assert now(platform, kept)["duplicates"] == [repeated["folio"]]
    # What becomes of the one is told to the other's citizen, under their own folio.
    page.get_by_role("link", name=kept["folio"]).first.click()
    expect(page.get_by_role("heading", name=kept["folio"], level=1)).to_be_visible()
    page.get_by_role("button", name="Mover", exact=True).click()
    dialog.get_by_label("Nuevo estado").select_option(label="En revisión")
    dialog.get_by_label("Motivo").fill("Va una cuadrilla")
    expect(dialog).to_contain_text("También se avisará a la persona del reclamo reunido con este.")
    dialog.get_by_role("button", name="Mover").click()
    told = f"Novedades de su reclamo {repeated['folio']}: en revisión. Va una cuadrilla"
    expect(chat.log).to_contain_text(told, timeout=PATIENCE_MS)


def test_two_officials_change_one_complaint_and_nothing_is_lost(panel, platform):
    filed = complaint_of(platform)
    path = f"/panel/reclamos/{filed['folio']}"
    first, second = panel(path), panel(path, who="admin")
    dialogs = [page.get_by_role("dialog") for page in (first, second)]
    for page, dialog in zip((first, second), dialogs, strict=True):
        page.get_by_role("button", name="Mover", exact=True).click()
        expect(dialog).to_contain_text(filed["folio"])
    dialogs[0].get_by_label("Nuevo estado").select_option(label="En revisión")
    dialogs[0].get_by_label("Motivo").fill("Lo reviso yo")
    dialogs[0].get_by_role("button", name="Mover").click()
    expect(dialogs[0]).to_have_count(0)
    dialogs[1].get_by_label("Nuevo estado").select_option(label="Derivado")
    dialogs[1].get_by_label("Motivo").fill("Es de la empresa eléctrica")
    with second.expect_response(re.compile("/status$")) as refused:
        dialogs[1].get_by_role("button", name="Mover").click()
    assert refused.value.status == 409
    conflict = second.get_by_role("dialog", name="Otra persona cambió este reclamo")
    for title, words in (
        ("Como lo veía usted", "Recibido"),
        ("Como está ahora", "En revisión"),
        ("Lo que usted pidió", "Pasar a «Derivado»: Es de la empresa eléctrica"),
        ("Qué pasó entretanto", "Lo reviso yo"),
    ):
        version = conflict.locator("section").filter(has=second.get_by_role("heading", name=title, exact=True))
        expect(version).to_contain_text(words)
    check_accessible(second)
    shoot(second, "panel-complaint-conflict")
    conflict.get_by_role("button", name="Aplicar mi cambio igual").click()
    expect(conflict).to_have_count(0)
    for page in (first, second):  # the first one sees it without asking
        expect(page.get_by_role("main")).to_contain_text("Pasó a «Derivado»", timeout=PATIENCE_MS)
    reasons = [entry.get("reason") or entry.get("detail") for entry in now(platform, filed)["history"]]
    assert now(platform, filed)["status"] == "forwarded"
    assert {"Lo reviso yo", "Es de la empresa eléctrica"} <= set(reasons)


def test_who_leaves_a_conflict_changes_nothing_and_keeps_the_words(panel, platform):
    filed = complaint_of(platform)
    page = panel(f"/panel/reclamos/{filed['folio']}")
    page.get_by_label("Respuesta", exact=True).fill("Vamos el lunes")
    one = re.compile(f"/v1/complaints/{filed['folio']}$")
    page.route(one, lambda route: route.abort())  # what happens meanwhile is not seen here
    changed = {"assignee": None, "unit": "Otra unidad", "version": filed["version"]}
    platform.ask("POST", f"{COMPLAINTS}/{filed['folio']}/assign", json=changed, who="admin")
    page.get_by_role("button", name="Enviar respuesta").click()
    conflict = page.get_by_role("dialog", name="Otra persona cambió este reclamo")
    expect(conflict).to_contain_text("Escribir: Vamos el lunes")
    page.unroute(one)
    conflict.get_by_role("button", name="Dejarlo como está ahora").click()
    expect(page.get_by_role("main")).to_contain_text("Otra unidad")
    expect(page.get_by_label("Respuesta", exact=True)).to_have_value("Vamos el lunes")
    assert now(platform, filed)["comments"] == []
    page.get_by_role("button", name="Enviar respuesta").click()
    expect(page.get_by_label("Respuesta", exact=True)).to_have_value("")
    (comment,) = now(platform, filed)["comments"]
    assert comment["text"] == "Vamos el lunes"
