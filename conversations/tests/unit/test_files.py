"""What a file is, by its content; and what it is called."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from munbot_conversations.files.rules import FILENAME_LIMIT, filename_for, is_shown, kind_of

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
PDF = b"%PDF-1.7\n..."
OGG = b"OggS\x00\x02" + bytes(22) + b"\x01\x13OpusHead\x01"


def office(*names):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


DOCX = office("[Content_Types].xml", "word/document.xml")


@pytest.mark.parametrize(
    ("data", "content_type", "message_kind"),
    [
        (b"\xff\xd8\xff\xe0rest", "image/jpeg", "image"),
        (PNG, "image/png", "image"),
        (PDF, "application/pdf", "document"),
        (OGG, "audio/ogg", "audio"),
        (b"ID3\x04rest", "audio/mpeg", "audio"),
        (DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "document"),
        (
            office("[Content_Types].xml", "xl/workbook.xml"),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "document",
        ),
    ],
)
def test_what_is_sent(data, content_type, message_kind):
    kind = kind_of(data)
    assert (kind.content_type, kind.message_kind) == (content_type, message_kind)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"MZ\x90\x00 this program cannot be run",
        b"\x7fELF\x02\x01",
        b"#!/bin/sh\nrm -rf /",
        b"<html><script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a",
        b" %PDF-1.7",
        office("run.exe"),
        office("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
        office("[Content_Types].xml", "run.exe"),
        DOCX[:-30],
        b"PK\x03\x04 no archive",
        b"OggS\x00\x02" + bytes(22) + b"\x01\x1e\x01vorbis",
    ],
)
def test_what_is_not(data):
    assert kind_of(data) is None


@given(st.binary(max_size=400))
def test_any_bytes_have_an_answer(data):
    kind_of(data)
    kind_of(b"PK\x03\x04" + data)


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        ("Certificado Año 2026.pdf", "Certificado Año 2026.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\temp\\acta.PDF", "acta.pdf"),
        ("factura\u202egpj.exe", "facturagpj.exe.pdf"),
        ("", "archivo.pdf"),
        ("...", "archivo.pdf"),
        ('a"b<c>.pdf', "abc.pdf"),
    ],
)
def test_what_it_is_called(given_name, name):
    assert filename_for(given_name, kind_of(PDF)) == name


@given(st.text(max_size=300))
def test_a_name_is_short_visible_and_fits_its_type(given_name):
    name = filename_for(given_name, kind_of(PNG))
    assert name.endswith(".png")
    assert name.isprintable()
    assert "/" not in name
    assert 4 < len(name) <= FILENAME_LIMIT + 4


def test_only_what_cannot_act_is_shown():
    assert is_shown("image/png")
    assert is_shown("audio/ogg")
    assert not is_shown("text/html")
    assert not is_shown("image/svg+xml")
