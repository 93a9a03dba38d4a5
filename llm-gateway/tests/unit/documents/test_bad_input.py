"""Files that cannot be taken: a problem with a code and a sentence, never a hang, never markup."""

import io
import json
import zipfile
from collections.abc import Callable

import docx
import pypdf
import pytest
from munbot_common.problems import Problem
from munbot_llm.documents import Limits, import_document
from munbot_llm.documents.problems import (
    DocumentCorrupt,
    DocumentEmpty,
    DocumentKindUnsupported,
    DocumentTooLarge,
    DocumentWithoutText,
)

MakePdf = Callable[..., bytes]
SMALL = Limits(file_bytes=1024 * 1024, expanded_bytes=5 * 1024 * 1024, pages=3, characters=20_000, pairs=10, seconds=20)


def refused(filename: str, data: bytes, limits: Limits = SMALL) -> Problem:
    with pytest.raises(Problem) as caught:
        import_document("d1", filename, data, limits=limits)
    return caught.value


@pytest.mark.parametrize("data", [b"", b"   \n\t\n", b"\xef\xbb\xbf", b"\0\0\0\0"])
def test_empty(data: bytes) -> None:
    problem = refused("a.txt", data)
    assert isinstance(problem, DocumentEmpty)
    assert (problem.code, problem.status) == ("document_empty", 422)


def test_nothing_but_furniture_is_empty() -> None:
    assert refused("a.txt", b"-----\n\n......\n").code == "document_empty"


def test_too_many_bytes_says_how_many() -> None:
    problem = refused("a.txt", b"hola " * 500_000)
    assert isinstance(problem, DocumentTooLarge)
    assert problem.status == 413
    assert "3 MB" in problem.detail
    assert "1 MB" in problem.detail


def test_too_much_text() -> None:
    assert refused("a.txt", b"Hay hora. " * 3000).code == "document_too_large"


@pytest.mark.parametrize(
    ("filename", "data", "name"),
    [
        ("foto.pdf", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "PNG"),
        ("nota.txt", b"OggS" + b"\0" * 50, "OGG"),
        ("programa.md", b"\x7fELF" + b"\0" * 50, "ELF"),
        ("modelo.txt", b"GGUF" + b"\0" * 50, "GGUF"),
        ("a.rtf", b"{\\rtf1 hola}", "RTF"),
    ],
)
def test_the_content_decides_what_a_file_is(filename: str, data: bytes, name: str) -> None:
    problem = refused(filename, data)
    assert isinstance(problem, DocumentKindUnsupported)
    assert name in problem.detail


def test_binary_bytes_are_no_text() -> None:
    assert refused("a.txt", bytes(range(256)) * 20).code == "document_kind_unsupported"


def test_old_word() -> None:
    problem = refused("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100)
    assert problem.code == "document_kind_unsupported"
    assert ".docx" in problem.detail


def test_zip_that_is_no_document() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("hola.txt", "hola")
    assert refused("a.zip", packed.getvalue()).code == "document_kind_unsupported"
    assert refused("a.docx", packed.getvalue()).code == "document_kind_unsupported"


# -- PDF


@pytest.mark.parametrize("cut", [30, 200, 700])
def test_cut_pdf(make_pdf: MakePdf, cut: int) -> None:
    problem = refused("a.pdf", make_pdf([["La feria abre a las 9:00 horas."]])[:cut])
    assert isinstance(problem, DocumentCorrupt)
    assert "PDF" in problem.detail


def test_pdf_by_name_only() -> None:
    assert isinstance(refused("a.pdf", b"hola, soy un texto"), DocumentCorrupt)


def test_text_named_txt_that_is_a_pdf_is_read(make_pdf: MakePdf) -> None:
    found = import_document("d1", "a.txt", make_pdf([["La feria abre a las 9:00 horas."]]))
    assert "9:00" in found.passages[0].text


def test_scan_without_text_asks_for_ocr(make_pdf: MakePdf) -> None:
    problem = refused("a.pdf", make_pdf([[], []], scans=[0, 1]))
    assert isinstance(problem, DocumentWithoutText)
    assert "OCR" in problem.detail
    assert "2 páginas" in problem.detail


def test_pages_without_text_are_a_warning(make_pdf: MakePdf) -> None:
    found = import_document("d1", "a.pdf", make_pdf([["La feria abre a las 9:00 horas."], [], []], scans=[1, 2]))
    assert found.warnings == ["2 páginas sin texto (¿escaneadas?): 2 a 3"]


def test_too_many_pages(make_pdf: MakePdf) -> None:
    problem = refused("a.pdf", make_pdf([[f"Página {number}."] for number in range(4)]))
    assert problem.code == "document_too_large"
    assert "4 páginas" in problem.detail


def test_encrypted_pdf(make_pdf: MakePdf) -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(make_pdf([["Secreto."]])))
    writer.encrypt("clave", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    problem = refused("a.pdf", out.getvalue())
    assert problem.code == "document_corrupt"
    assert "contraseña" in problem.detail


def test_pages_that_are_their_own_parent(make_pdf: MakePdf) -> None:
    data = make_pdf([["Hola."]]).replace(b"/Kids [6 0 R]", b"/Kids [2 0 R]")
    assert b"/Kids [2 0 R]" in data
    assert refused("a.pdf", data).code in {"document_corrupt", "document_without_text"}


def test_pdf_that_expands_too_far(make_pdf: MakePdf) -> None:
    data = make_pdf([["a" * 4_000] * 2_000])
    assert len(data) < 200_000
    assert refused("a.pdf", data).code == "document_too_large"


def test_time_runs_out(make_pdf: MakePdf) -> None:
    data = make_pdf([[f"Línea {line} de la página {page}." for line in range(60)] for page in range(300)])
    problem = refused("a.pdf", data, Limits(seconds=0.0))
    assert problem.code == "document_too_large"
    assert "complejo" in problem.detail


# -- DOCX


def word_document() -> bytes:
    document = docx.Document()
    document.add_paragraph("La feria abre a las 9:00 horas.")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize("cut", [4, 500, -40])
def test_cut_docx(cut: int) -> None:
    problem = refused("a.docx", word_document()[:cut])
    assert isinstance(problem, DocumentCorrupt)
    assert "Word" in problem.detail


def test_encrypted_docx() -> None:
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 50 + "EncryptedPackage".encode("utf-16-le")
    problem = refused("a.docx", data)
    assert problem.code == "document_corrupt"
    assert "contraseña" in problem.detail


@pytest.mark.parametrize("lies", [False, True])
def test_zip_bomb(lies: bool) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<a/>")
        archive.writestr("word/document.xml", b"<a>" + b" " * 30_000_000)
    data = packed.getvalue()
    if lies:  # the declared size says nothing
        data = data.replace((30_000_003).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert refused("a.docx", data).code in ({"document_corrupt"} if lies else {"document_too_large"})


def test_entities_are_not_expanded() -> None:
    source = zipfile.ZipFile(io.BytesIO(word_document()))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            data = source.read(name)
            if name == "word/document.xml":
                data = data.replace(
                    b"<w:document", b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><w:document', 1
                )
                data = data.replace(b"La feria", b"La &e; feria")
            archive.writestr(name, data)
    found = import_document("d1", "a.docx", packed.getvalue())
    assert "root:" not in " ".join(passage.text for passage in found.passages)


def test_docx_without_text() -> None:
    out = io.BytesIO()
    docx.Document().save(out)
    assert refused("a.docx", out.getvalue()).code == "document_empty"


# -- pairs


@pytest.mark.parametrize(
    ("filename", "text", "says"),
    [
        ("a.yml", "- question: ¿Hora?", "elemento 1"),
        ("a.yml", "question: [", "línea"),
        ("a.yml", "hola", "lista"),
        ("a.yml", "- {question: a, answer: b, also: c}", "also"),
        ("a.yml", "- {question: '', answer: b}", "elemento 1"),
        ("a.json", "[{", "línea 1"),
        ("a.json", "[" * 100_000, "línea"),
        ("a.csv", "pregunta,respuesta\na,b\n", "columnas"),
    ],
)
def test_broken_pairs_are_named(filename: str, text: str, says: str) -> None:
    problem = refused(filename, text.encode(), Limits())
    assert problem.code == "document_corrupt"
    assert says in problem.detail


def test_too_many_pairs() -> None:
    pairs = [{"question": f"¿{number}?", "answer": "Sí."} for number in range(11)]
    assert refused("a.json", json.dumps(pairs).encode()).code == "document_too_large"


def test_aliases_that_multiply_the_text() -> None:
    text = "- &a {question: a, answer: '" + "x" * 5000 + "'}\n" + "- *a\n" * 8
    assert refused("a.yml", text.encode()).code == "document_too_large"


# -- markup


HOSTILE = (
    "<script>alert(1)</script> <img src=x onerror=alert(2)> &lt;b&gt;hola&lt;/b&gt; <<a>script>alert(3)<</a>/script>"
)


@pytest.mark.parametrize("filename", ["a.html", "a.md", "a.txt", "a.yml", "a.csv"])
def test_no_markup_gets_through(filename: str) -> None:
    text = {
        "a.html": f"<html><body><h1>{HOSTILE}</h1><p>Uno {HOSTILE}</p><ul><li>{HOSTILE}</li></ul></body></html>",
        "a.md": f"# Dos {HOSTILE}\n\nTres {HOSTILE}\n\n- {HOSTILE}\n\n| a | b |\n|---|---|\n| x | {HOSTILE} |\n",
        "a.txt": f"Cuatro {HOSTILE}\n",
        "a.yml": json.dumps([{"question": f"¿{HOSTILE}?", "answer": f"Cinco {HOSTILE}", "also": [HOSTILE]}]),
        "a.csv": f'question,answer\n"¿{HOSTILE}?","Seis {HOSTILE}"\n',
    }[filename]
    found = import_document("d1", filename, text.encode(), title=f"Título {HOSTILE}")
    assert found.passages
    for passage in found.passages:
        for words in (passage.document, passage.article, passage.text, *passage.headings, *passage.questions):
            assert "<script" not in words
            assert "<img" not in words
            assert "<b" not in words
