"""Files between an official's page and a citizen's chat, good ones and bad ones."""

import re
import struct
import zlib

import pytest
from browser_support import PATIENCE_MS, check_accessible, shoot
from playwright.sync_api import expect

pytestmark = pytest.mark.platform

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)
PROGRAM = b"MZ\x90\x00" + bytes(4096)
PAGE = b"<!doctype html><script>alert(1)</script>"
SIDE = 320


def picture():
    """Return a PNG that a browser can draw: a square in the office's green."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes((15, 92, 77)) * SIDE for _ in range(SIDE))
    head = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@pytest.fixture
def official(chat, panel, platform):
    """An official's page on the conversation of the citizen in `chat`, who has said hello."""
    chat.say("hola", "asistente")
    page = panel(f"/panel/conversaciones/{platform.conversation_of(chat.page)}")
    expect(page.get_by_role("log", name="Mensajes")).to_contain_text("hola")
    return page


def attach(page, name, content, kind="application/octet-stream"):
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": kind, "buffer": content})


def send(page):
    page.get_by_role("button", name="Enviar", exact=True).click()


def drawn(photo):
    """Wait until the browser has decoded the photo, and return its width."""
    photo.evaluate("image => image.decode()")
    return photo.evaluate("image => image.naturalWidth")


def test_a_citizen_sees_a_photo_and_saves_a_pdf_that_an_official_sent(chat, official, tmp_path):
    attach(official, "acera.png", picture(), "image/png")
    send(official)
    photo = chat.log.get_by_role("img", name="Foto: acera.png")
    expect(photo).to_be_visible(timeout=PATIENCE_MS)
    assert drawn(photo) == SIDE
    attach(official, "permiso.pdf", PDF, "application/pdf")
    send(official)
    link = chat.log.get_by_role("button", name=re.compile(r"^Guardar permiso\.pdf PDF, 1 kB$"))
    expect(link).to_be_visible(timeout=PATIENCE_MS)
    with chat.page.expect_download() as saved:
        link.click()
    assert saved.value.suggested_filename == "permiso.pdf"
    saved.value.save_as(tmp_path / "permiso.pdf")
    assert (tmp_path / "permiso.pdf").read_bytes() == PDF
    check_accessible(chat.page)
    shoot(chat.page, "widget-files")

    chat.log.get_by_role("button", name="Ver más grande: Foto: acera.png").click()
    large = chat.page.get_by_role("dialog", name="Foto: acera.png")
    assert drawn(large.get_by_role("img")) == SIDE
    check_accessible(chat.page)
    shoot(chat.page, "widget-photo")
    chat.page.keyboard.press("Escape")
    expect(large).to_have_count(0)
    expect(chat.field).to_be_visible()

    chat.page.reload()
    chat.open()
    expect(photo).to_be_visible(timeout=PATIENCE_MS)
    assert drawn(photo) == SIDE
    expect(link).to_be_visible()


def test_a_photo_that_did_not_come_is_asked_for_again(chat, official):
    # An answer by hand, as the real platform does not fail when asked to.
    chat.page.route("**/api/chat/messages/*/media", lambda route: route.fulfill(status=503, body="{}"))
    attach(official, "acera.png", picture(), "image/png")
    send(official)
    expect(chat.log.get_by_text("No se pudo cargar acera.png.")).to_be_visible(timeout=PATIENCE_MS)
    chat.page.unroute("**/api/chat/messages/*/media")
    chat.log.get_by_role("button", name="Reintentar").click()
    photo = chat.log.get_by_role("img", name="Foto: acera.png")
    expect(photo).to_be_visible(timeout=PATIENCE_MS)
    assert drawn(photo) == SIDE


def test_another_citizen_does_not_get_the_file(chat, official, visit):
    attach(official, "acera.png", picture(), "image/png")
    with chat.page.expect_request("**/api/chat/messages/*/media") as asked:
        send(official)
    other = visit().open()
    other.say("hola", "asistente")
    token = other.page.evaluate(
        """() => Object.values(localStorage).map(value => /"token":"([^"]+)"/.exec(value)?.[1]).find(Boolean)"""
    )
    path = asked.value.url
    answer = other.page.request.get(path, headers={"Authorization": f"Bearer {token}"})
    assert (answer.status, answer.json()["code"]) == (404, "file_missing")
    assert other.page.request.get(path).status == 401


def sent_files(page):
    """Count the uploads that leave the page from here on."""
    uploads = []
    page.on("request", lambda request: uploads.append(request.url) if request.url.endswith("/files") else None)
    return uploads


def messages_of(platform, chat):
    path = f"/api/conversations/v1/conversations/{platform.conversation_of(chat.page)}/messages"
    return [item for item in platform.ask("GET", path)["items"] if item["sender_type"] == "agent"]


def test_a_file_of_20_mb_is_refused_before_it_leaves(chat, official, platform):
    uploads = sent_files(official)
    words = official.get_by_role("textbox", name="Su mensaje")
    words.fill("Le mando el plano")
    attach(official, "plano.pdf", PDF + bytes(20 * 1024 * 1024), "application/pdf")
    refusal = official.get_by_role("alert").filter(has_text="plano.pdf")
    expect(refusal).to_contain_text("10 MB")
    expect(official.get_by_role("list", name="Archivos por enviar")).to_have_count(0)
    expect(words).to_have_value("Le mando el plano")
    check_accessible(official)
    shoot(official, "panel-file-too-large")
    assert uploads == []
    assert messages_of(platform, chat) == []


@pytest.mark.parametrize(
    ("name", "content"), [("factura.pdf", PROGRAM), ("aviso.html", PAGE)], ids=["a program called pdf", "a page"]
)
def test_what_is_no_document_is_refused_and_nothing_is_lost(chat, official, platform, name, content):
    words = official.get_by_role("textbox", name="Su mensaje")
    words.fill("Le mando lo que pidió")
    attach(official, name, content, "application/pdf")
    send(official)
    refusal = official.get_by_role("alert").filter(has_text="Ese tipo de archivo no se puede enviar")
    expect(refusal).to_be_visible(timeout=PATIENCE_MS)
    expect(refusal).to_contain_text(name)
    expect(words).to_have_value("Le mando lo que pidió")
    check_accessible(official)
    shoot(official, f"panel-file-refused-{name.rpartition('.')[2]}")
    assert messages_of(platform, chat) == []
    expect(chat.log.get_by_text("Le mando lo que pidió")).to_have_count(0)
    send(official)
    expect(chat.log).to_contain_text("Le mando lo que pidió", timeout=PATIENCE_MS)
    assert [item["text"] for item in messages_of(platform, chat)] == ["Le mando lo que pidió"]
