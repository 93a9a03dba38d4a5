"""Files that cannot be used: a clear problem, nothing kept, and the process stays up."""

import io
import os
import zipfile

import pytest

GARBAGE = bytes(range(256)) * 40


def _scan():
    """A PDF with a page and no letter."""
    from pypdf import PdfWriter

    writer, target = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    writer.write(target)
    return target.getvalue()


def _zip_that_is_no_docx():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("word/document.xml", "<not-even-xml")
        archive.writestr("[Content_Types].xml", "<x/>")
    return target.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "codes"),
    [
        ("a.pdf", b"%PDF-1.7\n" + GARBAGE, {"document_corrupt"}),
        ("a.pdf", _scan(), {"document_without_text"}),
        ("a.docx", _zip_that_is_no_docx(), {"document_corrupt", "document_kind_unsupported"}),
        ("a.docx", b"PK\x03\x04" + GARBAGE, {"document_corrupt", "document_kind_unsupported"}),
        ("a.md", b"", {"document_empty"}),
        ("a.txt", b" \n\n ", {"document_empty"}),
        ("a.exe", b"MZ\x90\x00" + GARBAGE, {"document_kind_unsupported"}),
        ("a.png", b"\x89PNG\r\n\x1a\n" + GARBAGE, {"document_kind_unsupported"}),
    ],
    ids=["damaged pdf", "scan", "not a docx", "damaged docx", "empty", "blank", "program", "picture"],
)
def test_what_cannot_be_read_is_refused_and_not_kept(client, as_, upload, minio, bucket, tenant, name, data, codes):
    answer = upload(data, name)
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] in codes
    assert answer.json()["detail"]
    assert list(minio.list_objects(bucket, prefix=f"{tenant}/", recursive=True, include_version=True)) == []
    assert client.get("/v1/knowledge/documents", headers=as_("viewer")).json()["items"] == []
    assert upload().status_code == 201


def test_a_refused_version_leaves_the_one_before(upload, search):
    upload()
    assert upload(b"   ").json()["code"] == "document_empty"
    assert "2 UTM" in search("multa por pasear al perro sin correa")[0]


def test_a_file_over_the_limit_is_refused(start, make_settings, upload, store, tenant, minio, bucket):
    small = start(make_settings(upload_max_bytes=1024 * 1024))
    answer = upload(os.urandom(1024 * 1024 + 1), "a.pdf", to=small)
    assert (answer.status_code, answer.json()["code"]) == (413, "document_too_large")
    assert "1 MB" in answer.json()["detail"]
    assert list(minio.list_objects(bucket, prefix=f"{tenant}/", recursive=True)) == []
