"""A person is found however they are written, and nobody else is."""

import pytest
from munbot_common.traces import REMOVED, Traces, mark_of
from munbot_contracts.people import Person

PERSON = Person(
    rut="15482903-2",
    names=("María José Ñanco Pérez", "Marcela"),
    phones=("+56987654321",),
    emails=("mj.nanco@correo.cl",),
    addresses=("session-0a1b2c3d",),
)


@pytest.mark.parametrize(
    "text",
    [
        "15482903-2",
        "mi rut es 15.482.903-2.",
        "15482903 2",
        "154829032",
        "RUT:15.482.903–2",
        "+56987654321",
        "56 9 8765 4321",
        "llámeme al 987654321",
        "(+56) 9-8765-4321",
        "MJ.Nanco@Correo.CL",
        "MARIA JOSE ÑANCO PEREZ",
        "maría josé nanco pérez",
        "María  José Ñanco\nPérez,",
        'session-0a1b2c3d"',
        "whatsapp:56987654321",
    ],
)
def test_is_found_however_written(text: str) -> None:
    traces = Traces(PERSON)
    assert traces.within(text)
    left = traces.without(text)
    assert REMOVED in left
    assert not traces.within(left)


@pytest.mark.parametrize(
    "text",
    ["15482903-3", "115482903-2", "15.482.904-2", "9876543210", "xmj.nanco@correo.cl", "Marcela", "Josefa Pérez", ""],
)
def test_others_are_left_alone(text: str) -> None:
    traces = Traces(PERSON)
    assert not traces.within(text)
    assert traces.without(text) == text


def test_goes_into_lists_and_objects() -> None:
    traces = Traces(PERSON)
    value = {"citizen": {"rut": "15482903-2", "age": 40}, "list": ["Marcela", "fono 987654321", None]}
    assert traces.within(value)
    assert traces.without(value) == {
        "citizen": {"rut": REMOVED, "age": 40},
        "list": ["Marcela", f"fono {REMOVED}", None],
    }


def test_a_digit_k_in_any_case() -> None:
    traces = Traces(Person(rut="6-K"))
    assert traces.within("rut 6-k")
    assert not traces.within("16-k")


def test_marks_differ_by_tenant_and_key() -> None:
    marks = {mark_of(key * 32, tenant, "15482903-2") for key in "ab" for tenant in ("uno", "dos")}
    assert len(marks) == 4
    assert mark_of("a" * 32, "uno", "6-k") == mark_of("a" * 32, "uno", "6-K")
