"""What the office learns and how it does: knowledge, numbers, health."""

import os
import re
import secrets
import string
from datetime import datetime
from zoneinfo import ZoneInfo

import pika
import pytest
from browser_support import PATIENCE_MS, check_accessible, shoot
from panel_support import rows_of
from playwright.sync_api import expect

pytestmark = pytest.mark.platform

QUEUE = "conversations.notices"
SERVICES = ("Chat web y este panel", "Conversaciones", "Agenda de horas", "Reclamos", "Documentos y respuestas")


@pytest.fixture
def mural():
    """A name that nobody has asked about."""
    return "Mural" + "".join(secrets.choice(string.ascii_lowercase) for _ in range(8))


@pytest.fixture
def unreadable():
    """A message that no consumer can read, in a queue of the platform; its id."""
    broker = os.environ.get("MUNBOT_TEST_RABBITMQ_URL")
    if not broker:
        pytest.skip("MUNBOT_TEST_RABBITMQ_URL is not set")
    given = f"prueba-{secrets.token_hex(6)}"
    connection = pika.BlockingConnection(pika.URLParameters(broker))
    try:
        channel = connection.channel()
        channel.confirm_delivery()
        properties = pika.BasicProperties(message_id=given, delivery_mode=2)
        channel.basic_publish("", QUEUE, b"{not an event", properties, mandatory=True)
    finally:
        connection.close()
    return given


def test_an_unanswered_question_is_answered_in_one_click(visit, chat, panel, platform, mural):
    question = f"¿de qué color es el {mural}?"
    chat.say(question, "Asistente")
    listed = platform.ask("GET", "/api/conversations/v1/unanswered", params={"order": "recent", "limit": 50})["items"]
    (noted,) = [one for one in listed if mural in one["question"]]
    page = panel("/panel/conocimiento")
    page.get_by_label("Orden").select_option(label="Últimas primero")
    item = page.get_by_role("listitem").filter(has_text=mural)
    expect(item).to_contain_text("1 vez")
    check_accessible(page)
    shoot(page, "panel-knowledge")
    item.get_by_role("button", name="Responder").click()
    dialog = page.get_by_role("dialog", name="Responder para todos")
    expect(dialog.get_by_label("Pregunta", exact=True)).to_have_value(question)
    dialog.get_by_label("Respuesta").fill(f"El {mural} es azul con una franja amarilla.")
    check_accessible(page)
    dialog.get_by_role("button", name="Publicar respuesta").click()
    expect(page.get_by_text("Se publicó la respuesta")).to_be_visible()
    expect(item).to_have_count(0)
    try:
        other = visit().open()
        for _ in range(10):  # what was published is known a moment later
            other.say(question, "Asistente")
            if "franja amarilla" in other.log.inner_text():
                break
        other.hears(question, "franja amarilla")
    finally:
        platform.ask("DELETE", f"/api/knowledge/v1/pairs/{noted['id']}", who="admin")


def tile(page, section, name):
    tiles = page.get_by_role("region", name=section).locator("dl > div")
    return tiles.filter(has=page.locator("dt").get_by_text(name, exact=True)).locator("dd").first


def test_the_numbers_show_what_was_booked_and_are_downloaded(panel, bookings):
    page = panel("/panel/cifras")
    made = tile(page, "Agenda", "Horas reservadas")
    expect(made).to_have_text(re.compile(r"^\d"))
    before = int(made.inner_text().replace(".", ""))
    quiet = bookings.quiet_day()
    bookings.book(quiet.starts[0], quiet.office_id)
    page.reload()
    expect(made).to_have_text(re.compile(r"^\d"))
    # Others book too while this test runs.
    after = int(made.inner_text().replace(".", ""))
    assert after > before
    with page.expect_download() as started:
        page.get_by_role("button", name="Descargar CSV").click()
    assert re.fullmatch(r"cifras-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d\.csv", started.value.suggested_filename)
    rows = rows_of(started.value)
    assert sum(int(row["Agenda: Horas reservadas"]) for row in rows) == after
    assert rows[-1]["Día"] == datetime.now(ZoneInfo("America/Santiago")).date().isoformat()


def test_a_dead_letter_is_listed_with_its_reason_and_discarded(panel, platform, unreadable):
    page = panel("/panel/salud", who="admin")
    services = page.get_by_role("region", name="Servicios")
    for name in SERVICES:
        expect(services.get_by_role("listitem").filter(has_text=name).first).to_contain_text(
            "Funciona", timeout=PATIENCE_MS
        )
    queues = page.get_by_role("table", name="Colas de trabajo")
    expect(queues.get_by_role("row").filter(has_text=QUEUE)).to_be_visible()
    letter = page.get_by_role("table", name="Mensajes fallidos").get_by_role("row").filter(has_text=unreadable)
    refresh = page.get_by_role("button", name="Actualizar")
    refresh.click()
    expect(letter).to_be_visible(timeout=PATIENCE_MS)
    expect(letter).to_contain_text("Mensaje ilegible")
    expect(letter).to_contain_text("No tiene el formato esperado")
    check_accessible(page)
    shoot(page, "panel-health-letter")
    letter.get_by_role("checkbox").check()
    page.get_by_role("button", name="Descartar", exact=True).click()
    dialog = page.get_by_role("dialog", name="Descartar mensajes fallidos")
    expect(dialog).to_contain_text("Se descartará 1 mensaje")
    dialog.get_by_role("button", name="Descartar").click()
    expect(page.get_by_text("Se descartó 1 mensaje")).to_be_visible()
    expect(letter).to_have_count(0)
    left = platform.ask("GET", "/api/operations/v1/dead-letters", params={"queue": QUEUE}, who="admin")["items"]
    assert unreadable not in [one["id"] for one in left]
