"""The earlier demo's records become requests, or are refused with a reason."""

from zoneinfo import ZoneInfo

import pytest
from munbot_datalake.imports.rules import RecordRefused, appointment, category_names, complaint, plain, record_id

ZONE = ZoneInfo("America/Santiago")
TREE = [
    {
        "code": "aseo",
        "name": "Aseo y basura",
        "synonyms": ["basura", "perros"],
        "active": True,
        "children": [
            {
                "code": "aseo.retiro_basura",
                "name": "Retiro de basura",
                "synonyms": ["camión de la basura", "basura"],
                "active": True,
                "children": [],
            },
            {"code": "aseo.viejo", "name": "Cerrada", "synonyms": [], "active": False, "children": []},
        ],
    },
    {"code": "mascotas", "name": "Mascotas", "synonyms": ["perros"], "active": True, "children": []},
]
NAMES = category_names(TREE)
RECORD = {
    "id": 17,
    "categoria": "RETIRO DE BASURA",
    "departamento": "Aseo",
    "mensaje": " No pasa el camión ",
    "nombre_denunciante": "Marcela Soto",
    "mail": "marcela@correo.cl",
    "ip": "10.0.0.1",
}


def made(**changes):
    return complaint(RECORD | {"rut": "15482903-2"} | changes, NAMES, {"Otros": "aseo"}, None)


def test_a_record_becomes_a_complaint_without_its_ip_address():
    assert made() == {
        "category": "aseo.retiro_basura",
        "description": "No pasa el camión",
        "citizen": {"rut": "15482903-2", "name": "Marcela Soto", "email": "marcela@correo.cl", "phone": None},
        "channel": "import",
    }


@pytest.mark.parametrize(
    ("categoria", "departamento", "code"),
    [
        ("camion de la  basura", "", "aseo.retiro_basura"),
        ("aseo.retiro_basura", "", "aseo.retiro_basura"),
        ("Otros", "", "aseo"),
        ("algo", "Aseo y basura", "aseo"),
        ("basura", "", "aseo.retiro_basura"),
    ],
)
def test_a_category_is_found_by_any_of_its_words(categoria, departamento, code):
    assert made(categoria=categoria, departamento=departamento)["category"] == code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"categoria": "perros", "departamento": ""}, "category_unknown"),  # names two
        ({"categoria": "Cerrada", "departamento": ""}, "category_unknown"),
        ({"mensaje": " "}, "message_missing"),
        ({"mensaje": None}, "message_missing"),
        ({"rut": ""}, "rut_missing"),
    ],
)
def test_what_is_missing_is_said(changes, code):
    with pytest.raises(RecordRefused) as refused:
        made(**changes)
    assert refused.value.code == code


def test_a_record_without_rut_takes_the_operators():
    assert complaint(RECORD, NAMES, {}, "66666666-6")["citizen"]["rut"] == "66666666-6"


@pytest.mark.parametrize(("record", "key"), [({"id": 17}, "17"), ({"id": "a"}, "a"), ({"_id": {"$oid": "6f"}}, "6f")])
def test_ids_of_several_kinds(record, key):
    assert record_id(record) == key


@pytest.mark.parametrize("record", [{}, {"id": None}, {"id": True}, {"id": " "}, {"id": "x" * 101}])
def test_a_record_without_an_id_is_refused(record):
    with pytest.raises(RecordRefused, match="id"):
        record_id(record)


BOOKING = {"id": 1, "tramite": "licencia-b", "fecha": "2026-11-24", "hora": "10:15", "rut": "1-9", "nombre": "M S"}


@pytest.mark.parametrize(
    ("changes", "start"),
    [
        ({}, "2026-11-24T10:15:00-03:00"),
        ({"fecha": "2026-07-24"}, "2026-07-24T10:15:00-04:00"),
        ({"fecha": "2026-11-24T13:15:00+00:00", "hora": ""}, "2026-11-24T13:15:00+00:00"),
    ],
)
def test_times_are_the_municipalitys_unless_they_say_so(changes, start):
    assert appointment(BOOKING | changes, ZONE)["start"] == start


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"fecha": "24/11/2026"}, "time_invalid"), ({"tramite": ""}, "tramite_missing"), ({"rut": 5.5}, "rut_missing")],
)
def test_a_booking_that_lacks_something_is_refused(changes, code):
    with pytest.raises(RecordRefused) as refused:
        appointment(BOOKING | changes, ZONE)
    assert refused.value.code == code


def test_words_are_compared_without_accents_case_and_spaces():
    assert plain("  Camión_de   BASURA ") == "camion de basura"
