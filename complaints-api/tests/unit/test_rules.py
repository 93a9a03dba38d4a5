"""States, words, distances, spreadsheet cells, files."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from munbot_complaints.attachments.rules import KINDS, looks_like, safe_filename
from munbot_complaints.categories.rules import CategoryDocument, match
from munbot_complaints.complaints import rules
from munbot_complaints.complaints.lists import decode_cursor, encode_cursor
from munbot_complaints.complaints.problems import CursorInvalid
from munbot_complaints.texts import status_label
from munbot_contracts.complaints import ComplaintStatus


def test_every_state_has_a_way_on_and_a_name():
    assert set(rules.TRANSITIONS) == set(ComplaintStatus)
    for status, targets in rules.TRANSITIONS.items():
        assert targets, status
        assert status not in targets
        assert ComplaintStatus.RECEIVED not in targets
        assert status_label(status)
    reached = {ComplaintStatus.RECEIVED}
    for _ in ComplaintStatus:
        reached |= {target for status in reached for target in rules.TRANSITIONS[status]}
    assert reached == set(ComplaintStatus)


def test_only_settled_complaints_are_closed_or_reopened():
    for status, targets in rules.TRANSITIONS.items():
        if status in rules.OPEN:
            assert not targets & {ComplaintStatus.CLOSED, ComplaintStatus.REOPENED}
        else:
            assert ComplaintStatus.REOPENED in targets


@given(st.text(), st.text())
def test_what_begins_a_word_finds_it(before, after):
    text = before + " luminárias " + after
    for word in rules.words(text)[: rules.MAX_TERMS]:
        for length in range(rules.TERM_LENGTH, len(word) + 1):
            assert rules.lookup_term(word[:length]) in rules.index_terms([text])
    assert len(rules.index_terms([text] * 3)) <= rules.MAX_TERMS


def test_accents_and_case_do_not_matter():
    assert rules.search_text(["Árbol CAÍDO", None, "ñandú"]) == "arbol caido nandu"


@given(st.text())
def test_no_cell_is_a_formula(text):
    cell = rules.safe_cell(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerow([cell, "x"])
    assert next(csv.reader(io.StringIO(buffer.getvalue(), newline=""))) == [cell, "x"]


def test_a_kilometre_is_a_kilometre():
    assert rules.distance_m((-70.57, -33.40), (-70.57, -33.40)) == 0
    assert rules.distance_m((-70.57, -33.40), (-70.57, -33.409)) == pytest.approx(1000, rel=0.01)


@given(st.integers(0, 2**63 - 1), st.sampled_from(["created", "due"]))
def test_cursors_read_back(position, sort):
    assert decode_cursor(encode_cursor(sort, position), sort) == position
    with pytest.raises(CursorInvalid):
        decode_cursor(encode_cursor(sort, position), "due" if sort == "created" else "created")


@given(st.text(max_size=50))
def test_anything_else_is_no_cursor(text):
    with pytest.raises(CursorInvalid):
        decode_cursor(text, "created")


@pytest.mark.parametrize(
    ("content_type", "head"),
    [
        ("image/jpeg", b"\xff\xd8\xff\xe0\x00\x10JFIF"),
        ("image/png", b"\x89PNG\r\n\x1a\n\x00"),
        ("image/webp", b"RIFF\x24\x00\x00\x00WEBPVP8 "),
        ("image/heic", b"\x00\x00\x00\x18ftypheic"),
        ("application/pdf", b"%PDF-1.7\n"),
        ("video/mp4", b"\x00\x00\x00\x20ftypisom"),
    ],
)
def test_files_show_what_they_are(content_type, head):
    assert looks_like(content_type, head)
    assert [kind for kind in KINDS if looks_like(kind, head)] == [content_type]
    assert not looks_like(content_type, b"MZ\x90\x00" + head)


@given(st.text(max_size=200), st.sampled_from(sorted(KINDS)))
def test_file_names_are_harmless(name, content_type):
    safe = safe_filename(name, content_type)
    assert safe.isascii()
    assert not set(safe) & set("/\\\"'\r\n\x00;")
    assert not safe.startswith(".")
    assert safe.rsplit(".", 1)[1] in KINDS[content_type].extensions
    assert len(safe) <= 90


def test_file_names_keep_their_words():
    assert safe_filename("mi poste dañado.JPEG", "image/jpeg") == "mi_poste_danado.jpeg"
    assert safe_filename("virus.exe", "image/png") == "virus.png"
    assert safe_filename("../../etc/passwd", "application/pdf") == "passwd.pdf"


def category(code, *synonyms, name="x"):
    return CategoryDocument(
        _id=code, tenant_id="t", code=code, parent=code.rpartition(".")[0] or None, name=name, unit="u",
        deadline_days=5, synonyms=list(synonyms), active=True, position=0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("hace 2 semanas q no pasa el camion de la basura", "aseo.retiro"),
        ("hay dos postes apagados en mi pasaje", "alumbrado.apagada"),
        ("esto está hediondo", "aseo"),
        ("quiero una pizza", None),
    ],
)
def test_people_s_words_find_the_category(said, code):
    tree = [
        category("aseo", "basura", "hediondo"),
        category("aseo.retiro", "camión de la basura"),
        category("alumbrado.apagada", "poste apagado"),
    ]
    found = match(said, tree)
    assert (found[0][0]["code"] if found else None) == code
