"""What holds for every document: no word is lost, no passage is too long, the same file is cut the same."""

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from munbot_common.problems import Problem
from munbot_llm.documents import PASSAGE_LIMIT, Passage, import_document, passages_of, read

WORDS = [
    *("municipalidad", "permiso", "patente", "horario", "multa", "vecino", "feria", "plaza", "residuos", "mascota"),
    *("licencia", "pago", "cuota", "plazo", "documento", "Tesorería", "Rentas", "Alcalde", "UTM", "0,5", "19.925"),
    *("$25.000", "9:00", "14:30", "hrs.", "Art.", "N°", "12", "(RSH)", "y/o", "«requisitos»", "Valle", "Claro", "año"),
]
sentence = st.lists(st.sampled_from(WORDS), min_size=4, max_size=60).map(
    lambda found: f"El {' '.join(found)} queda así."
)
paragraph = st.lists(sentence, min_size=1, max_size=8).map(" ".join)
article = st.tuples(st.sampled_from(["Artículo {}°.- ", "ARTÍCULO {}: ", "Art. {}. ", "Artículo {}\n"]), paragraph)
item = st.tuples(st.sampled_from(["{}) ", "{}.- "]), sentence)


def wrapped(text: str, width: int) -> str:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)


def words_of(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


def words_in(passages: list[Passage]) -> set[str]:
    return words_of(" ".join(" ".join((*passage.headings, passage.text)) for passage in passages))


def check(passages: list[Passage], limit: int = PASSAGE_LIMIT) -> None:
    assert [passage.position for passage in passages] == list(range(len(passages)))
    for passage in passages:
        assert passage.text.strip()
        assert len(passage.text) <= limit
        assert passage.article == (passage.headings[-1] if passage.headings else "")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(paragraph, min_size=1, max_size=12), st.integers(40, 120))
def test_paragraphs_lose_no_word(paragraphs: list[str], width: int) -> None:
    text = "\n\n".join(wrapped(found, width) for found in paragraphs)
    found = import_document("d1", "a.txt", text.encode())
    check(found.passages)
    assert words_of(text) <= words_in(found.passages)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(article, min_size=1, max_size=12), st.lists(item, max_size=8), st.integers(60, 120))
def test_articles_are_found_and_lose_no_word(
    articles: list[tuple[str, str]], items: list[tuple[str, str]], width: int
) -> None:
    parts = [wrapped(label.format(number) + text, width) for number, (label, text) in enumerate(articles, start=1)]
    parts += [wrapped(label.format("abcdefgh"[at]) + text, width) for at, (label, text) in enumerate(items)]
    text = "\n".join(parts)
    found = import_document("d1", "a.txt", text.encode())
    check(found.passages)
    assert words_of(re.sub(r"(?im)^(artículo|art\.)", "artículo", text)) <= words_in(found.passages) | {"art"}
    labels = {re.match(r"Artículo (\d+)°", passage.article)[1] for passage in found.passages}  # type: ignore[index]
    assert labels == {str(number) for number in range(1, len(articles) + 1)}


@settings(max_examples=40, deadline=None)
@given(st.lists(paragraph, min_size=1, max_size=6), st.integers(150, 1200))
def test_any_limit_is_kept_and_sentences_stay_whole(paragraphs: list[str], limit: int) -> None:
    blocks = read("a.md", "\n\n".join(paragraphs).encode())
    passages = passages_of("d1", "Prueba", blocks, limit=limit)
    check(passages, limit)
    assert words_of(" ".join(paragraphs)) <= words_in(passages)
    if limit > 600:  # every sentence above is shorter
        for passage in passages:
            assert passage.text.endswith("queda así.")


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_read_or_refused(text: str) -> None:
    codes: set[str] = set()
    for filename in ("a.txt", "a.md", "a.html"):
        try:
            found = import_document("d1", filename, text.encode("utf-8", errors="surrogatepass"))
        except Problem as problem:
            codes.add(problem.code)
        else:
            check(found.passages)
    assert codes <= {"document_empty", "document_kind_unsupported", "document_corrupt"}


@settings(max_examples=30, deadline=None)
@given(st.lists(paragraph, min_size=1, max_size=5))
def test_the_same_bytes_give_the_same_passages(paragraphs: list[str]) -> None:
    data = "\n\n".join(paragraphs).encode()
    assert import_document("d1", "a.txt", data) == import_document("d1", "a.txt", data)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(paragraph, min_size=1, max_size=4),
    st.sampled_from(["utf-8", "utf-16", "utf-8-sig", "cp1252", "utf-16-le"]),
)
def test_any_encoding_says_the_same(paragraphs: list[str], encoding: str) -> None:
    text = "\n\n".join(["La sesión será el miércoles en la plaza.", *paragraphs])
    read_back = import_document("d1", "a.txt", text.encode(encoding))
    plain = import_document("d1", "a.txt", text.encode())
    assert [passage.text for passage in read_back.passages] == [passage.text for passage in plain.passages]
