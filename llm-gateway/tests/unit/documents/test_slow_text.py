"""Texts made to be slow to read. Nothing here looks at the clock: a quadratic reader would not end within the suite."""

import pytest
from munbot_llm.documents import import_document
from munbot_llm.documents.problems import DocumentEmpty

SIZE = 100_000


@pytest.mark.parametrize(
    ("filename", "piece"),
    [
        ("a.txt", "a b\n"),
        ("a.txt", "x, art. "),
        ("a.txt", 'A." '),
        ("a.txt", "ORDENANZA MUNICIPAL\n"),
        ("a.txt", "Linea de texto sin fin "),
        ("a.md", "["),
        ("a.md", "![a]("),
        ("a.md", "`a "),
        ("a.md", "**a"),
        ("a.md", "<a"),
        ("a.md", "| a "),
    ],
)
def test_ends(filename: str, piece: str) -> None:
    text = "Se paga en la Tesorería.\n\n" + piece * (SIZE // len(piece))
    assert import_document("d1", filename, text.encode()).passages


def test_html_of_nested_tags() -> None:
    found = import_document("d1", "a.html", b"<html><body>" + b"<div>" * 3_000 + b"Se paga en la caja.")
    assert [passage.text for passage in found.passages] == ["Se paga en la caja."]


def test_pages_of_nothing_but_furniture() -> None:
    with pytest.raises(DocumentEmpty):
        import_document("d1", "a.txt", b"Municipalidad de Prueba\n\f" * 5_000)
