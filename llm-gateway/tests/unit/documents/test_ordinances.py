"""Five real, noisy ordinances, read by a scanner. They are not in the repository; without them these tests skip."""

import re
from functools import lru_cache
from pathlib import Path

import pytest
from munbot_llm.documents import PASSAGE_LIMIT, Passage, import_document

ORDINANCES = Path(__file__).parents[5] / "shared" / "data" / "ordinances"

pytestmark = pytest.mark.skipif(not ORDINANCES.is_dir(), reason="needs the ordinances in ../shared/data")


@lru_cache(maxsize=8)
def passages(name: str) -> tuple[Passage, ...]:
    path = ORDINANCES / f"{name}.txt"
    return tuple(import_document(name, path.name, path.read_bytes()).passages)


def numbers(name: str, within: str = "") -> list[int]:
    """Return the articles' numbers in reading order, those of one act where a document has several."""
    found = [
        int(number[1])
        for passage in passages(name)
        if within in " ".join(passage.headings)
        for number in [re.match(r"Artículo (\d+)°", passage.article)]
        if number
    ]
    return list(dict.fromkeys(found))


def text_of(name: str, article: str, within: str = "") -> str:
    return "\n".join(
        passage.text
        for passage in passages(name)
        if within in " ".join(passage.headings) and re.match(rf"{article}(?!\d)", passage.article)
    )


NAMES = [
    "MAN-Ayudas Sociales",
    "ORD-Funcionamiento del Comercio",
    "ORD-Medio Ambiente",
    "ORD-Patente de Alcoholes",
    "ORD-Transporte Basura Desecho",
]


@pytest.mark.parametrize(
    ("name", "within", "expected"),
    [
        ("MAN-Ayudas Sociales", "", [*range(1, 23)]),
        ("ORD-Patente de Alcoholes", "", [*range(1, 42)]),
        ("ORD-Transporte Basura Desecho", "", [*range(1, 16)]),
        ("ORD-Funcionamiento del Comercio", "", [4, 8]),
        ("ORD-Medio Ambiente", "mascotas y animales", [*range(1, 36)]),
        (  # the scan has only every other page of this one
            "ORD-Medio Ambiente",
            "medio ambiente",
            [
                *(3, *range(6, 12), *range(20, 26), *range(27, 32), *range(35, 44), *range(51, 60), *range(69, 76)),
                *(*range(83, 93), *range(98, 107), *range(112, 122), *range(126, 133)),
            ],
        ),
    ],
)
def test_every_article_has_its_passage(name: str, within: str, expected: list[int]) -> None:
    assert numbers(name, within) == expected


@pytest.mark.parametrize("name", NAMES)
def test_no_passage_is_too_long_or_empty(name: str) -> None:
    for passage in passages(name):
        assert 0 < len(passage.text) <= PASSAGE_LIMIT
        assert passage.headings[-1:] == ((passage.article,) if passage.article else ())


FURNITURE = [
    r"Manuel Flores N° 50(?!.*quintadetilcoco)",
    r"MUNICIPALIDAD DE QUINTA DE TILCOCO",
    r"DEPART\w*MENTO DE MEDIO AMBIENTE ASEO Y ORNATO",
    r"SECCION\b",
    r"RENTASY",
    r"DIREC\w*\b.?\n",
    r"NBO/RMZ",
    r"MOSCOSO",
    r"OROSTEGUI",
    r"AN[OÓ]TESE",
    r"DISTRIBUCION",
    r"Oficina de Partes$",
    r"\bCONTROL\b",
    r"\n\d{1,3}\n",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("pattern", FURNITURE)
def test_no_furniture(name: str, pattern: str) -> None:
    dirty = [passage.text for passage in passages(name) if re.search(pattern, passage.text)]
    assert dirty == []


def test_the_offices_address_is_kept_once() -> None:
    found = [passage for passage in passages("ORD-Medio Ambiente") if "Manuel Flores N° 50" in passage.text]
    assert [passage.article for passage in found] == ["Contacto"]


def test_hours_stay_with_the_kind_of_shop() -> None:
    found = [p for p in passages("ORD-Patente de Alcoholes") if "Minimercados" in p.article and "22°" in p.article]
    assert len(found) == 1
    assert "Horario Verano: Desde el 01 de Diciembre y hasta el 30 de Marzo\nDias Hábiles: Desde" in found[0].text
    assert found[0].text.startswith(("Fijase el siguiente horario", "Por medidas de seguridad"))


def test_a_title_that_stands_above_its_article() -> None:
    articles = {passage.article for passage in passages("MAN-Ayudas Sociales")}
    assert "Artículo 13°. Ayuda Social Aporte de Pasajes" in articles
    assert "Artículo 18°. Suplemento Alimenticio" in articles


def test_titles_that_the_scanner_spoiled() -> None:
    headings = {heading for passage in passages("MAN-Ayudas Sociales") for heading in passage.headings}
    assert "Título II. De los usuarios y/o beneficiarios" in headings  # TITULO"I
    assert "Título III. De los beneficios otorgados como ayudas sociales" in headings  # TITULO HI


def test_an_article_whose_number_was_lost() -> None:
    assert text_of("ORD-Transporte Basura Desecho", "Artículo 5°").startswith("El transporte de elements")


def test_lines_are_joined() -> None:
    assert "guarda o cuidado" not in text_of("ORD-Medio Ambiente", "Artículo 22°", "medio ambiente")
    assert text_of("ORD-Medio Ambiente", "Artículo 22°", "medio ambiente") == (
        "Se prohibe el tránsito en la comuna de vehículos con emanaciones toxicas o humos claramente visibles."
    )


def test_letters_of_a_list_keep_their_opening() -> None:
    parts = [p for p in passages("ORD-Patente de Alcoholes") if p.article.startswith("Artículo 16°")]
    assert len(parts) > 1
    for part in parts:
        assert part.text.startswith("Los locales en los cuales funcionen los establecimientos")


def test_lost_brackets_are_found() -> None:
    text = text_of("MAN-Ayudas Sociales", "Artículo 6°")
    assert [line[:2] for line in text.split("\n") if re.match(r"[a-d]\)", line)] == ["a)", "b)", "c)", "d)"]
