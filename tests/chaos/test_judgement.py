"""The history checker finds what it is there to find."""

from dataclasses import replace

import pytest
from judgement import Part, Shown, Stored, Written, judge

PHONE, TALK = "56900000001", "talk"
WRITTEN = [
    Written(PHONE, "w1", "text", "hola", 0),
    Written(PHONE, "w2", "text", "gracias", 0),
    Written(PHONE, "w3", "text", "chao", 1),
]
FIRST = Stored("m1", PHONE, TALK, 1, "citizen", "hola", wamid="w1", outcome="joined", joined_into="m2")
SECOND = Stored("m2", PHONE, TALK, 2, "citizen", "gracias", wamid="w2", outcome="answered")
REPLY = Stored("r1", PHONE, TALK, 3, "bot", "Buenas.", in_reply_to="m2", index=0, count=2, delivery="delivered")
MORE = Stored("r2", PHONE, TALK, 4, "bot", "¿Algo más?", in_reply_to="m2", index=1, count=2, delivery="read")
THIRD = Stored("m3", PHONE, TALK, 5, "citizen", "chao", wamid="w3", outcome="answered")
LAST = Stored("r3", PHONE, TALK, 6, "bot", "Adiós.", in_reply_to="m3", delivery="delivered")
STORED = [FIRST, SECOND, REPLY, MORE, THIRD, LAST]
PARTS = [Part("p1", "r1", 0), Part("p2", "r2", 0), Part("p3", "r3", 0), Part("p4", "r3", 1)]
SHOWN = [
    Shown(PHONE, 10, "p1", "Buenas."),
    Shown(PHONE, 11, "p2", "¿Algo  más?\n1. Sí"),
    Shown(PHONE, 20, "p3", "Adi"),
    Shown(PHONE, 21, "p4", "ós."),
]


def test_a_good_history_has_no_violation():
    verdict = judge(WRITTEN, STORED, PARTS, SHOWN)
    assert verdict.violations == []
    assert verdict.counts["written"] == verdict.counts["stored"] == 3
    assert (verdict.counts["answered"], verdict.counts["joined to an answered one"]) == (2, 1)
    assert (verdict.counts["replies"], verdict.counts["shown on telephones"]) == (3, 4)


def _with(*rows, but=()):
    """The history with these rows, and without those of these ids."""
    named = {row.id: row for row in rows}
    return [named.pop(row.id, row) for row in STORED if row.id not in but] + list(named.values())


@pytest.mark.parametrize(
    ("what", "rows"),
    [
        ("lost", _with(but={"m3"})),
        ("stored twice", _with(replace(THIRD, id="m4", seq=7))),
        ("never written", _with(replace(THIRD, id="m4", seq=7, wamid="w9"))),
        ("changed", _with(replace(THIRD, text="chau"))),
        ("not answered", _with(replace(THIRD, outcome="silenced"))),
        ("not answered", _with(replace(FIRST, joined_into="m9"))),
        ("not answered", _with(replace(FIRST, outcome=None))),
        ("without a reply", _with(but={"r3"})),
        ("reply to no turn", _with(replace(LAST, in_reply_to="m1"))),
        ("not one set of replies", _with(replace(LAST, id="r4", seq=7))),
        ("not one set of replies", _with(but={"r2"})),
        ("more than one conversation", _with(replace(LAST, conversation="other", seq=1))),
        ("gaps", _with(replace(LAST, seq=8))),
        ("stored out of order", _with(replace(THIRD, seq=2), replace(SECOND, seq=5))),
        ("answered out of order", _with(replace(LAST, seq=3), replace(REPLY, seq=6))),
        ("answered out of order", _with(replace(LAST, seq=5), replace(THIRD, seq=6))),
        ("never sent", _with(replace(LAST, id="r4", seq=7, in_reply_to=None, sender="system"))),
        ("shown out of order", _with(replace(REPLY, seq=4), replace(MORE, seq=3))),
        ("shown in other words", _with(replace(LAST, text="Hasta luego."))),
        ("not known as delivered", _with(replace(LAST, delivery="sent"))),
    ],
)
def test_what_is_stored_wrong_is_found(what, rows):
    verdict = judge(WRITTEN, rows, PARTS, SHOWN)
    assert verdict.counts[what] > 0
    assert any(violation.startswith(f"{what}: ") for violation in verdict.violations)


@pytest.mark.parametrize(
    ("what", "shown"),
    [
        ("shown twice", [*SHOWN, replace(SHOWN[3], position=30)]),
        ("never shown", SHOWN[:-1]),
        ("shown, but not stored", [*SHOWN, Shown(PHONE, 30, None, "¿Qué?")]),
        ("shown, but not stored", [replace(SHOWN[0], phone="56900000002"), *SHOWN[1:]]),
        ("shown out of order", [replace(SHOWN[0], position=15), *SHOWN[1:]]),
        ("shown out of order", [*SHOWN[:2], replace(SHOWN[2], position=30), SHOWN[3]]),
        ("shown in other words", [replace(SHOWN[0], text="Malas."), *SHOWN[1:]]),
    ],
)
def test_what_is_shown_wrong_is_found(what, shown):
    verdict = judge(WRITTEN, STORED, PARTS, shown)
    assert verdict.counts[what] > 0
    assert any(violation.startswith(f"{what}: ") for violation in verdict.violations)


def test_dead_letters_are_violations():
    assert judge(WRITTEN, STORED, PARTS, SHOWN, ["inbox.dead: 2"]).violations == ["dead letters: inbox.dead: 2"]
