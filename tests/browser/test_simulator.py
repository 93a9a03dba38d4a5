"""WhatsApp, on a phone of the simulator: an hour is booked, a complaint filed with a photo and a place."""

import re
import struct
import zlib

import pytest
from browser_support import CODE, FOLIO, PATIENCE_MS, SLOT, check_accessible, check_fits, shoot
from playwright.sync_api import expect

pytestmark = pytest.mark.platform


def picture():
    """Return a small PNG."""
    rows = b"".join(b"\0" + b"\x20\x80\x60" * 8 for _ in range(8))
    parts = ((b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in parts
    )


class Phone:
    """The first phone on the page, as a person meets it."""

    def __init__(self, page):
        self.page = page
        self.body = page.get_by_role("article", name=re.compile("^Teléfono de ")).first
        self.log = self.body.get_by_role("log")

    def say(self, text, expected):
        self.body.get_by_role("textbox", name="Mensaje").fill(text)
        self.body.get_by_role("button", name="Enviar", exact=True).click()
        self.hears(expected)

    def hears(self, expected):
        expect(self.log).to_contain_text(re.compile(expected), timeout=PATIENCE_MS)

    def press(self, title, expected):
        """Press a button of the newest message, or a row of its list."""
        button = self.log.get_by_role("button", name=title).last
        opener = self.log.get_by_role("button", name="Ver opciones").last
        expect(button.or_(opener).last).to_be_visible(timeout=PATIENCE_MS)
        if not button.count():
            opener.click()
            button = self.page.get_by_role("dialog").get_by_role("button", name=title).first
        button.click()
        self.hears(expected)

    def attach(self, what):
        """Press one of the things that may be attached."""
        self.body.get_by_role("button", name="Adjuntar").click()
        self.page.get_by_role("dialog").get_by_role("button", name=what, exact=True).click()


@pytest.fixture
def phone(visit):
    page = visit(path="/simulator").page
    expect(page.get_by_role("heading", name="Simulador de WhatsApp", level=1)).to_be_visible()
    return Phone(page)


def test_books_an_hour(phone, rut):
    phone.say(f"quiero pedir hora para renovar mi licencia de conducir, soy Marcela Soto, {rut}", "día")
    phone.press(SLOT, "¿La reservo")
    shoot(phone.page, "simulator-booking")
    phone.press("Sí, reservar", CODE.pattern)
    check_accessible(phone.page)
    expect(phone.log.get_by_text("Leído").last).to_be_attached()


def test_files_a_complaint_with_a_photo_and_a_place(phone, rut):
    phone.say("quiero reclamar: hay un poste apagado", "Dónde|dónde")
    phone.attach("Ubicación")
    sheet = phone.page.get_by_role("dialog")
    sheet.get_by_label(re.compile("^Dirección")).fill("Plaza Los Aromos")
    sheet.get_by_label("Latitud").fill("-33.4027")
    sheet.get_by_label("Longitud").fill("-70.5721")
    sheet.get_by_role("button", name="Enviar").click()
    phone.hears("Recibí la ubicación")
    with phone.page.expect_file_chooser() as chooser:
        phone.attach("Foto")
    chooser.value.set_files({"name": "poste.png", "mimeType": "image/png", "buffer": picture()})
    phone.page.get_by_role("dialog").get_by_role("button", name="Enviar").click()
    phone.hears("Recibí la foto")
    phone.say(rut, "¿Ingreso")
    shoot(phone.page, "simulator-complaint")
    phone.press(re.compile("^Sí"), FOLIO.pattern)


def test_records_a_voice_note(visit):
    """The browser's own microphone beeps, which nobody can understand: the office says so, kindly."""
    page = visit(path="/simulator", permissions=["microphone"]).page
    phone = Phone(page)
    phone.body.get_by_role("button", name="Grabar nota de voz").click()
    expect(phone.body.get_by_role("timer")).to_contain_text("0:02")
    phone.body.get_by_role("button", name="Enviar la nota de voz").click()
    expect(phone.log.locator("audio")).to_be_visible(timeout=PATIENCE_MS)
    phone.hears("escrib")


def test_who_is_quicker_than_the_page_is_heard(visit):
    """The page's own first call to make the telephones fails; the message makes its telephone itself."""
    page = visit(path="/").page
    failed = []

    def fail(route):
        if route.request.method == "PUT" and len(failed) < 2:
            failed.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    page.route("**/simulator/api/phones/*", fail)
    page.goto("/simulator")
    Phone(page).say("hola", "asistente")
    assert len(failed) == 2


def test_repeated_and_shuffled_deliveries_are_answered_once(phone):
    phone.page.get_by_label("Mensajes repetidos").select_option("5")
    try:
        phone.say("hola", "asistente")
        phone.page.wait_for_timeout(3_000)  # the repetitions have come by then
        assert phone.log.inner_text().count("Soy el asistente") == 1
    finally:
        phone.page.get_by_role("button", name="Dejar todo normal").click()
    expect(phone.page.get_by_text("Todo funciona normalmente")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_is_accessible_and_fits(visit, theme, width):
    page = visit(path="/simulator", theme=theme, viewport={"width": width, "height": 800}).page
    expect(page.get_by_role("log").first).to_be_visible()
    check_accessible(page)
    check_fits(page)
    shoot(page, f"simulator-{theme}-{width}")
