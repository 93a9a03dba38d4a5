"""Names, ids, cursors and the content of document.json."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from munbot_common.problems import Problem
from munbot_llm.documents.passages import Passage
from munbot_llm.knowledge import rules
from munbot_llm.knowledge.models import DocumentUnreadable, KnowledgeDocument, decode, encode
from munbot_llm.knowledge.paging import page_of
from munbot_llm.knowledge.problems import CursorInvalid, DocumentIdInvalid, FilenameInvalid, TenantInvalid
from munbot_llm.knowledge.seed import read_pairs

DOCUMENT = KnowledgeDocument(
    tenant="valle-claro",
    id="aseo",
    kind="document",
    title="Ordenanza de aseo «2026»",
    filename="aseo.tar.MD",
    sha256="00",
    size=12,
    version=3,
    uploaded_by="admin:1",
    uploaded_at=datetime(2026, 11, 21, 10, tzinfo=UTC),
    source_version="v",
    passages=(Passage("aseo", "Aseo", "Artículo 1°", ("Título I", "Artículo 1°"), "La basura…", 0, ("¿cuándo?",)),),
    warnings=("Revise los acentos",),
)


@given(st.text(max_size=300))
def test_a_clean_name_stays_as_it_is_and_leads_to_no_folder(name):
    try:
        clean = rules.clean_filename(name)
    except FilenameInvalid:
        return
    assert rules.clean_filename(clean) == clean
    assert "/" not in clean
    assert "\\" not in clean
    assert clean.isprintable() or " " in clean or any(c.isspace() for c in clean)
    assert 2 < len(clean) <= rules.FILENAME_MAX
    clean.encode()


@pytest.mark.parametrize(
    ("given_name", "clean"),
    [
        ("Ordenanza N° 17.pdf", "Ordenanza N° 17.pdf"),
        ("C:\\docs\\aseo.docx", "aseo.docx"),
        ("../../etc/aseo.md", "aseo.md"),
        ("an\u0303o.txt", "año.txt"),
        ("a\u202etxt.exe.md", "atxt.exe.md"),
        ("  x.md\n", "x.md"),
    ],
)
def test_names(given_name, clean):
    assert rules.clean_filename(given_name) == clean


@pytest.mark.parametrize("name", ["", "x", ".md", "..md", "x.", "a.m d", "a/", "x" * 198 + ".md", "\x00.md"])
def test_names_that_are_none(name):
    with pytest.raises(FilenameInvalid):
        rules.clean_filename(name)


def test_an_id_follows_from_tenant_and_name_and_not_from_letter_case():
    key = rules.document_id("valle-claro", "Aseo.md")
    assert key == rules.document_id("valle-claro", "ASEO.MD")
    assert rules.is_document_id(key)
    assert len({key, rules.document_id("punta-brava", "Aseo.md"), rules.document_id("valle-claro", "Aseo.txt")}) == 3


@pytest.mark.parametrize("key", ["", "pair-x", "A", "a/b", "../a", "a b", "ñ", "a\n", "x" * 101])
def test_ids_that_cannot_be_chosen(key):
    with pytest.raises(DocumentIdInvalid):
        rules.check_document_id(key)


@pytest.mark.parametrize("tenant", ["", "a/b", "..", "A", "a b", "valle-claro\n", "x" * 65])
def test_tenants_that_cannot_be_folders(tenant):
    with pytest.raises(TenantInvalid):
        rules.check_tenant(tenant)


@given(st.text(min_size=1, max_size=200))
def test_a_pair_without_an_id_gets_one_that_fits(question):
    pair_id = rules.pair_id_of(question) if question.isprintable() else "x"
    assert rules.is_document_id(rules.pair_document_id(pair_id))
    assert len(pair_id) <= 80
    assert set(pair_id) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


def test_texts_cannot_be_moved_between_question_and_answer_unseen():
    sums = {rules.pair_sha256("a", ["b"], "c"), rules.pair_sha256("a", [], "bc"), rules.pair_sha256("ab", [], "c")}
    assert len(sums) == 3


def test_a_document_comes_back_as_it_was_written():
    assert decode(encode(DOCUMENT)) == DOCUMENT
    assert DOCUMENT.suffix == ".md"
    assert b'"format_version":1' in encode(DOCUMENT)


def test_members_of_later_versions_do_no_harm():
    raw = json.loads(encode(DOCUMENT)) | {"colour": "red"}
    raw["passages"][0]["page"] = 7
    assert decode(json.dumps(raw).encode()) == DOCUMENT


@pytest.mark.parametrize(
    "damage",
    [
        {"passages": None},
        {"uploaded_at": "2026-11-21T10:00:00x"},
        {"kind": "film"},
        {"version": "x"},
        {"format_version": 2},
    ],
)
def test_damaged_documents_are_said_to_be(damage):
    with pytest.raises(DocumentUnreadable):
        decode(json.dumps(json.loads(encode(DOCUMENT)) | damage).encode())


@given(st.binary(max_size=200))
def test_any_bytes_are_a_document_or_unreadable(data):
    with pytest.raises(DocumentUnreadable):
        decode(data)


@given(st.integers(0, 25), st.integers(1, 7))
def test_pages_show_each_row_once(count, limit):
    moments = [datetime(2026, 1, 1 + n // 3, tzinfo=UTC) for n in range(count)]  # three at a time
    rows = [replace(DOCUMENT, id=f"d{n:02}", uploaded_at=moment) for n, moment in enumerate(moments)]
    rows.sort(key=lambda row: (row.uploaded_at, row.id), reverse=True)
    seen, cursor = [], None
    while True:
        page, cursor = page_of(rows, cursor=cursor, limit=limit)
        seen += page
        assert len(page) <= limit
        if cursor is None:
            break
    assert seen == rows


@given(st.text(max_size=60))
def test_any_text_is_a_cursor_or_refused(text):
    with pytest.raises(CursorInvalid):
        page_of([DOCUMENT], cursor=text, limit=1)


def test_pairs_of_a_file():
    content = """
    - {question: "  ¿Atienden   los sábados? ", answer: "No."}
    - {id: horario, question: "¿A qué hora abren?", also: ["a q hora abren"], answer: "A las 8:30."}
    """
    pairs = list(read_pairs(content))
    assert [key for key, _ in pairs] == [rules.pair_id_of("¿Atienden los sábados?"), "horario"]
    assert pairs[0][1].question == "¿Atienden los sábados?"
    assert pairs[1][1].also == ["a q hora abren"]


def test_problems_have_codes_of_their_own():
    from munbot_llm.knowledge import problems

    kinds = [kind for kind in vars(problems).values() if isinstance(kind, type) and issubclass(kind, Problem)]
    own = [kind for kind in kinds if kind.__module__ == problems.__name__]
    assert len({kind.code for kind in own}) == len(own) >= 8
