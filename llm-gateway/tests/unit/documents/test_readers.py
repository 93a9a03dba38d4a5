"""Each kind of file, as the office writes it."""

import io
import re
import zipfile
from collections.abc import Callable

import docx
import pytest
from munbot_llm.documents import import_document


def texts(filename: str, data: str | bytes) -> list[tuple[tuple[str, ...], str]]:
    found = import_document("d1", filename, data.encode() if isinstance(data, str) else data)
    return [(passage.headings, passage.text) for passage in found.passages]


# -- Markdown

MARKDOWN = """---
title: Permiso de circulación
---
# Permiso de **circulación**

Se paga en la [Dirección de Tránsito](https://valle-claro.demo), Av. Los
Maitenes 120. Vea [los plazos](plazos.md).

## Requisitos

1. Revisión técnica
2. SOAP
   vigente
- Padrón del vehículo

Costo
-----

| Vehículo | Valor |
|----------|-------|
| Auto     | 1 UTM |
| Moto     | `0,5` UTM |

```
Horario: 8:30 a 14:00
```
"""


def test_markdown() -> None:
    assert texts("a.md", MARKDOWN) == [
        (
            ("Permiso de circulación",),
            "Se paga en la Dirección de Tránsito (https://valle-claro.demo), Av. Los Maitenes 120. Vea los plazos.",
        ),
        (("Permiso de circulación", "Requisitos"), "1. Revisión técnica\n2. SOAP vigente\n• Padrón del vehículo"),
        (
            ("Permiso de circulación", "Costo"),
            "Vehículo: Auto; Valor: 1 UTM\nVehículo: Moto; Valor: 0,5 UTM\nHorario: 8:30 a 14:00",
        ),
    ]


def test_markdown_gives_its_title() -> None:
    assert import_document("d1", "a.md", MARKDOWN.encode()).title == "Permiso de circulación"
    assert import_document("d1", "a.md", b"# Becas\n\nHay becas.").title == "Becas"
    assert import_document("d1", "a.md", b"# Becas\n\nHay becas.", title="Ayudas").title == "Ayudas"


@pytest.mark.parametrize(
    ("filename", "title"),
    [
        ("ORD-Patente de Alcoholes.txt", "Ordenanza: Patente de Alcoholes"),
        ("feria_libre.txt", "feria libre"),
        ("C:\\docs\\Plan Regulador.txt", "Plan Regulador"),
        (".txt", ".txt"),
    ],
)
def test_a_text_is_called_like_its_file(filename: str, title: str) -> None:
    assert import_document("d1", filename, b"Hay hora.").title == title


# -- HTML


def test_html_keeps_the_main_content() -> None:
    page = """<!doctype html><html><head><title>Muni</title><style>p{}</style></head><body>
    <header>Logo de la municipalidad</header><nav><a href="/">Inicio</a></nav><div class="cookie banner">Acepte</div>
    <h1>Retiro de escombros</h1><p>Se pide en la <b>central</b>,<br>de lunes a viernes.</p>
    <h2>Costo</h2><ol type="a"><li>Gratis hasta 2 m3</li><li>Después, 0,2 UTM<ul><li>por metro</li></ul></li></ol>
    <table><tr><th>Día</th><th>Hora</th></tr><tr><td>Lunes</td><td>8:30</td></tr></table>
    <form><input value="buscar"></form><footer>Todos los derechos</footer><script>alert(1)</script></body></html>"""
    assert texts("a.html", page) == [
        (("Retiro de escombros",), "Se pide en la central,\nde lunes a viernes."),
        (
            ("Retiro de escombros", "Costo"),
            "a) Gratis hasta 2 m3\nb) Después, 0,2 UTM\n• por metro\nDía: Lunes; Hora: 8:30",
        ),
    ]


def test_html_without_a_suffix_is_seen() -> None:
    assert texts("pagina", "<html><body><p>Hay hora.</p></body></html>") == [((), "Hay hora.")]


# -- PDF


def test_pdf_loses_what_comes_back_on_every_page(make_pdf: Callable[..., bytes]) -> None:
    body = [
        [
            "TÍTULO I",
            "De las ferias",
            "Artículo 1.- Horario. La feria abre los sábados de 9:00 a 14:00 horas en la pla-",
        ],
        ["za de la comuna, salvo los feriados.", "Artículo 2.- El permiso cuesta 0,5 UTM."],
        ["Artículo 3.- La multa es de 1 a 3 UTM."],
    ]
    pages = [["Municipalidad de Prueba", *lines, "Fono 2 2345 6700", str(at)] for at, lines in enumerate(body, start=1)]
    found = import_document("d1", "feria.pdf", make_pdf(pages, title="Ordenanza de ferias"))
    assert found.title == "Ordenanza de ferias"
    assert [(passage.headings, passage.text) for passage in found.passages] == [
        (
            ("Título I. De las ferias", "Artículo 1°. Horario"),
            "Horario. La feria abre los sábados de 9:00 a 14:00 horas en la plaza de la comuna, salvo los feriados.",
        ),
        (("Título I. De las ferias", "Artículo 2°"), "El permiso cuesta 0,5 UTM."),
        (("Título I. De las ferias", "Artículo 3°"), "La multa es de 1 a 3 UTM."),
        (("Contacto",), "Fono 2 2345 6700"),
    ]


def test_a_flyer_of_short_lines_is_kept(make_pdf: Callable[..., bytes]) -> None:
    lines = [
        "Feria del libro",
        "Plaza de Armas",
        "Sábado 5 de abril",
        "10:00 a 18:00",
        "Entrada gratis",
        "Fono 600 123",
    ]
    found = import_document("d1", "feria.pdf", make_pdf([lines]))
    whole = " ".join(" ".join((*passage.headings, passage.text)) for passage in found.passages)
    assert all(word in whole for line in lines for word in line.split())


# -- DOCX


def test_docx() -> None:
    document = docx.Document()
    document.core_properties.title = "Reglamento de becas"
    document.add_paragraph("TÍTULO I")
    document.add_paragraph("DE LOS BENEFICIARIOS")
    document.add_paragraph("Artículo 1°.- Podrán postular quienes cumplan con:")
    document.add_paragraph("Promedio 5,5", style="List Number")
    document.add_paragraph("Vivir en la comuna", style="List Number")
    document.add_paragraph("Artículo 2")
    document.add_paragraph("Montos")
    document.add_paragraph("Los montos son los siguientes:")
    table = document.add_table(2, 2)
    for place, cell in enumerate(("Nivel", "Monto", "Media", "$80.000")):
        table.cell(place // 2, place % 2).text = cell
    document.add_heading("Consultas", 2)
    document.add_paragraph("En la OIRS.")
    document.add_paragraph("Anótese, comuníquese y archívese.")
    document.add_paragraph("JUAN PÉREZ")
    document.add_paragraph("ALCALDE")
    out = io.BytesIO()
    document.save(out)
    found = import_document("d1", "becas.docx", out.getvalue())
    assert found.title == "Reglamento de becas"
    assert [(passage.headings, passage.text) for passage in found.passages] == [
        (
            ("Título I. De los beneficiarios", "Artículo 1°"),
            "Podrán postular quienes cumplan con:\n1. Promedio 5,5\n2. Vivir en la comuna",
        ),
        (
            ("Título I. De los beneficiarios", "Artículo 2°. Montos"),
            "Los montos son los siguientes:\nNivel: Media; Monto: $80.000",
        ),
        (("Consultas",), "En la OIRS."),
    ]


def test_docx_with_tracked_changes_and_a_form_field() -> None:
    document = docx.Document()
    document.add_paragraph("AQUI")
    out = io.BytesIO()
    document.save(out)
    changed = (
        "<w:p><w:r><w:t xml:space='preserve'>El permiso cuesta </w:t></w:r>"
        "<w:del><w:r><w:delText>1 UTM</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>2 UTM</w:t></w:r></w:ins><w:r><w:t>.</w:t></w:r></w:p>"
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>Se paga en la Tesorería.</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )
    packed = io.BytesIO()
    source = zipfile.ZipFile(out)
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            data = source.read(name).decode("utf-8", errors="surrogateescape")
            if name == "word/document.xml":
                data = re.sub(r"<w:p>.*?AQUI.*?</w:p>", changed, data, flags=re.DOTALL)
            archive.writestr(name, data.encode("utf-8", errors="surrogateescape"))
    assert texts("a.docx", packed.getvalue()) == [((), "El permiso cuesta 2 UTM.\nSe paga en la Tesorería.")]


@pytest.mark.parametrize("title", ["Microsoft Word - Doc1.docx", "escaneo0001.pdf", "", "Documento1"])
def test_a_title_that_a_program_wrote_is_none(make_pdf: Callable[..., bytes], title: str) -> None:
    assert (
        import_document("d1", "ORD-Ferias.pdf", make_pdf([["Hay ferias."]], title=title)).title == "Ordenanza: Ferias"
    )


# -- questions and answers

YAML = """
- question: ¿Dónde se paga el permiso?
  also: [dónde pago la patente del auto, "pagar  permiso"]
  answer: |
    En la Dirección de Tránsito.

    De 8:30 a 14:00.
"""


JSON = """{"title": "Preguntas", "pairs": [{"question": "¿Dónde se paga el permiso?",
"also": ["dónde pago la patente del auto", "pagar permiso"],
"answer": "En la Dirección de Tránsito.\\nDe 8:30 a 14:00."}]}"""

CSV = """question;also;answer
¿Dónde se paga el permiso?;dónde pago la patente del auto|pagar permiso;"En la Dirección de Tránsito.
De 8:30 a 14:00."
"""


@pytest.mark.parametrize(("filename", "text"), [("a.yml", YAML), ("a.json", JSON), ("a.csv", CSV)])
def test_pairs(filename: str, text: str) -> None:
    (passage,) = import_document("d1", filename, text.encode()).passages
    assert passage.questions == ("¿Dónde se paga el permiso?", "dónde pago la patente del auto", "pagar permiso")
    assert passage.article == "¿Dónde se paga el permiso?"
    assert passage.text == "En la Dirección de Tránsito.\nDe 8:30 a 14:00."


# -- plain text


def test_plain_text_with_headings_between_empty_lines() -> None:
    text = (
        "FERIAS LIBRES\n=============\n\nHorario\n\nLas ferias funcionan los martes, desde las 8:00 hasta las\n"
        "14:00 horas.\n\nRequisitos\n\nSe pide lo siguiente:\n- Cédula\n- Permiso\n"
    )
    assert texts("a.txt", text) == [
        (("Ferias libres", "Horario"), "Las ferias funcionan los martes, desde las 8:00 hasta las 14:00 horas."),
        (("Ferias libres", "Requisitos"), "Se pide lo siguiente:\n• Cédula\n• Permiso"),
    ]


@pytest.mark.parametrize(
    "label",
    [
        "Artículo 7°.- ",
        "ARTICULO 7: ",
        "ART. N° 7: ",
        "Art. 7.- ",
        "Artículo 7 ",
        "Articulo7°: ",
        "de ART. N° 7: ",
        'Art. N * 7: "',
        "Artículo VII. ",
        "Artículo 7º ",
        "Artículo séptimo.- ",
        "Artículo\n7° ",
    ],
)
def test_labels_of_articles(label: str) -> None:
    (found,) = import_document("d1", "a.txt", f"{label}Los grifos son de la empresa.".encode()).passages
    assert found.article in {"Artículo 7°", "Artículo séptimo"}
    assert found.text.endswith("Los grifos son de la empresa.")


@pytest.mark.parametrize(
    "line",
    [
        "Artículo 61 de la Ley 19.880 señala los casos.",
        "articulo 8° inciso 4° de la Ley rige.",
        "Art. 12 Ley 18.695, modificación Ley N° 20.285.",
    ],
)
def test_references_open_no_article(line: str) -> None:
    text = f"Artículo 1°.- Esto se funda en lo que dispone el\n{line}\n"
    assert [headings for headings, _ in texts("a.txt", text)] == [("Artículo 1°",)]


def test_words_of_a_line_end_are_made_whole() -> None:
    text = "La munici-\npalidad aten\u00adderá de lu-\nnes a viernes en su edi\ufb01cio."
    assert texts("a.txt", text) == [((), "La municipalidad atenderá de lunes a viernes en su edificio.")]


def test_another_encoding_is_a_warning() -> None:
    found = import_document("d1", "a.txt", "Atención en año nuevo.".encode("cp1252"))
    assert found.passages[0].text == "Atención en año nuevo."
    assert "cp1252" in found.warnings[0]


def test_labelled_lines_are_not_joined() -> None:
    text = "Horario: lunes a viernes de 8:30 a 14:00\nTeléfono: 2 2345 6700\nDirección: Los Aromos 450\n"
    assert texts("a.txt", text) == [((), text.strip())]
