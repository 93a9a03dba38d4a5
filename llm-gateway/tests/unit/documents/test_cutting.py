"""Passages: what stands together, what is repeated, what is above."""

from munbot_llm.documents import Block, Kind, Passage, import_document, passages_of


def cut(text: str, limit: int = 1200) -> list[Passage]:
    return passages_of("d1", "Prueba", import_blocks(text), limit=limit)


def import_blocks(text: str) -> list[Block]:
    from munbot_llm.documents import read

    return read("a.txt", text.encode())


LETTERS = "\n".join(
    f"{letter}) El requisito {letter} se cumple con un documento que la oficina revisa." for letter in "abcdefgh"
)


def test_articles_are_never_glued() -> None:
    passages = cut("Artículo 1°.- Sí.\nArtículo 2°.- No.\nArtículo 3°.- Tal vez.\n")
    assert [(passage.article, passage.text) for passage in passages] == [
        ("Artículo 1°", "Sí."),
        ("Artículo 2°", "No."),
        ("Artículo 3°", "Tal vez."),
    ]


def test_letters_keep_the_opening_sentence() -> None:
    passages = cut(f"Artículo 1°.- El permiso se da a quien cumpla con:\n{LETTERS}\n", limit=300)
    assert len(passages) > 2
    assert all(passage.text.startswith("El permiso se da a quien cumpla con:\n") for passage in passages)
    assert all(passage.article == "Artículo 1°" for passage in passages)


def test_letters_below_numerals_keep_both_openings() -> None:
    text = (
        "Artículo 6°.- La solicitud se presenta así:\n1.- Se llena el formulario.\n"
        f"2.- Se acompañan los siguientes documentos:\n{LETTERS}\n3.- Se paga en la caja.\n"
    )
    passages = cut(text, limit=400)
    with_letters = [passage.text for passage in passages if "\nd) " in passage.text]
    assert len(with_letters) == 1
    assert with_letters[0].startswith("La solicitud se presenta así:\n2.- Se acompañan los siguientes documentos:\n")
    assert "siguientes documentos" not in passages[-1].text.split("\n3.-")[-1]


def test_titled_parts_stand_alone() -> None:
    text = (
        "Artículo 22°: El horario es el siguiente:\n"
        "Letra A - Depósitos de bebidas.\nLunes a jueves: de 9:00 a 24:00 hrs.\n"
        "Letra H.- Minimercados.\nLunes a jueves: de 7:30 a 23:30 hrs.\n"
    )
    parts = {passage.article: passage.text for passage in cut(text)}
    assert parts["Artículo 22°. Letra H.- Minimercados"] == (
        "El horario es el siguiente:\nLetra H.- Minimercados.\nLunes a jueves: de 7:30 a 23:30 hrs."
    )


def test_a_long_sentence_is_cut_at_its_clauses() -> None:
    clause = "que la oficina revisa con los antecedentes que obran en su poder"
    text = "Artículo 1°.- El permiso " + ", ".join([clause] * 12) + ".\n"
    passages = cut(text, limit=250)
    assert len(passages) > 3
    assert all(len(passage.text) <= 250 for passage in passages)
    assert all(passage.text.endswith((",", ".")) for passage in passages)


def test_divisions_stand_above_their_articles() -> None:
    text = (
        "TITULO I\nDE LAS FERIAS\nArtículo 1°.- Hay ferias.\nPÁRRAFO 2°: De los puestos.\n"
        "Artículo 2°.- Hay puestos.\nTITULO II\nFINAL\nArtículo 3°.- Rige hoy.\n"
    )
    assert [passage.headings for passage in cut(text)] == [
        ("Título I. De las ferias", "Artículo 1°"),
        ("Título I. De las ferias", "Párrafo 2°. De los puestos", "Artículo 2°"),
        ("Título II. Final", "Artículo 3°"),
    ]


def test_divisions_are_not_believed_across_missing_articles() -> None:
    text = "TITULO I\nDE LAS FERIAS\nArtículo 1°.- Hay ferias.\nArtículo 9°.- Hay multas.\n"
    assert [passage.headings for passage in cut(text)] == [("Título I. De las ferias", "Artículo 1°"), ("Artículo 9°",)]


def test_missing_articles_are_a_warning() -> None:
    text = "".join(f"Artículo {number}°.- Texto del artículo.\n" for number in (1, 2, 3, 7, 8, 10))
    assert import_document("d1", "a.txt", text.encode()).warnings == [
        "No aparecen los artículos 4 a 6, 9: ¿faltan páginas?"
    ]


def test_a_heading_without_text_is_not_lost() -> None:
    blocks = [
        Block(Kind.HEADING, "La oficina no atiende los viernes", 2),
        Block(Kind.HEADING, "Costo", 2),
        Block(Kind.PARAGRAPH, "Es gratis."),
    ]
    assert [passage.text for passage in passages_of("d1", "Prueba", blocks)] == [
        "La oficina no atiende los viernes",
        "Es gratis.",
    ]


def test_no_blocks_no_passages() -> None:
    assert passages_of("d1", "Prueba", []) == []
