"""What a message says: RUT, telephone, name, place, folio, code, procedure, category, moods."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from munbot_actions.understanding import answers, identity, names, places
from munbot_actions.understanding.matching import Names
from munbot_actions.understanding.message import Message
from munbot_actions.understanding.normalise import fold, mask, shorten

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=ZoneInfo("America/Santiago"))


@pytest.mark.parametrize(
    ("text", "rut"),
    [
        ("15.482.903-2", "15482903-2"),
        ("15482903-2", "15482903-2"),
        ("soy Ana, 15.482.903 - 2 y necesito", "15482903-2"),
        ("154829032", "15482903-2"),
        ("15 482 903 2", "15482903-2"),
        ("rut 9.876.543-3.", "9876543-3"),
        ("13037669k", "13037669-K"),
        ("mi rut:13.037.669-k", "13037669-K"),
    ],
)
def test_rut_is_found_however_it_is_written(text, rut):
    found = identity.find_rut(text)
    assert found is not None
    assert found.value == rut


@pytest.mark.parametrize("text", ["12.345.678-9", "12345678-9", "es el 12.345.678-9"])
def test_a_written_rut_with_a_wrong_digit_is_found_as_wrong(text):
    found = identity.find_rut(text)
    assert found is not None
    assert found.value is None


@pytest.mark.parametrize(
    "text", ["98765 4321", "987654321", "+56 9 8765 4321", "mañana a las 10", "calle 123", "25 mil"]
)
def test_other_numbers_are_no_rut(text):
    assert identity.find_rut(text) is None


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("98765 4321", "+56987654321"),
        ("9 8765 4321", "+56987654321"),
        ("+56 9 8765 4321", "+56987654321"),
        ("+56987654321", "+56987654321"),
        ("mi fono es 987654321 gracias", "+56987654321"),
        ("987 654 321", "+56987654321"),
    ],
)
def test_mobiles_are_found_anywhere(text, phone):
    found = identity.find_phone(text)
    assert found is not None
    assert found.value == phone


def test_a_landline_counts_when_a_telephone_was_asked_for():
    assert identity.find_phone("22 234 5678") is None
    found = identity.find_phone("22 234 5678", asked=True)
    assert found is not None
    assert found.value == "+56222345678"


def test_half_a_telephone_is_wrong_only_when_asked_for():
    assert identity.find_phone("1234 5678") is None
    found = identity.find_phone("1234 5678", asked=True)
    assert found is not None
    assert found.value is None


@pytest.mark.parametrize(
    ("text", "folio"),
    [
        ("REC-2026-000123-K", "REC-2026-000123-K"),
        ("rec 2026 123 k", "REC-2026-000123-K"),
        ("¿en qué va mi reclamo REC-2026-000013-?", "REC-2026-000013-?"),
        ("el rec2026-000013-7 porfa", "REC-2026-000013-7"),
    ],
)
def test_folio(text, folio):
    found = identity.find_folio(text)
    assert found is not None
    assert found.value == folio


@pytest.mark.parametrize(
    ("text", "code"), [("H7KQ-3M2X", "H7KQ-3M2X"), ("es h7kq 3m2x", "H7KQ-3M2X"), ("H7KQ3M2X", "H7KQ-3M2X")]
)
def test_code(text, code):
    found = identity.find_code(text)
    assert found is not None
    assert found.value == code


@pytest.mark.parametrize("text", ["hola como esta", "para hoy dia", "9876 5432", "nada mas gracias"])
def test_plain_words_are_no_code(text):
    assert identity.find_code(text) is None


@pytest.mark.parametrize(
    ("text", "end"), [("9032", "9032"), ("903-2", "9032"), ("15.482.903-2", "9032"), ("termina en 669k", "669K")]
)
def test_last_four(text, end):
    assert identity.find_last_four(text) == end


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("soy Marcela Soto 15.482.903-2", "Marcela Soto"),
        ("me llamo juan pérez y necesito hora", "Juan Pérez"),
        ("a nombre de Ana María de la Fuente", "Ana María de la Fuente"),
        ("mi nombre es O'Higgins Ñancupil", "O'Higgins Ñancupil"),
    ],
)
def test_names_that_say_they_are_one(text, name):
    assert names.find_name(text) == name


@pytest.mark.parametrize(
    "text", ["soy vecino de la villa", "soy de acá", "soy nuevo", "hola, soy yo", "soy adulto mayor"]
)
def test_what_only_looks_like_a_name(text):
    assert names.find_name(text) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("marcela soto", "Marcela Soto"),
        ("MARÍA JOSÉ ÑÚÑEZ", "María José Ñúñez"),
        ("Jean-Luc d'Ávila", "Jean-Luc d'Ávila"),
        ("  Li  ", "Li"),
        ("soy Pedro", "Pedro"),
    ],
)
def test_answers_that_are_names(text, name):
    assert names.as_name(text) == name


@pytest.mark.parametrize(
    "text", ["", "😀", "<b>Ana</b>", "12345", "no", "sí", "mañana", "a" * 10_000, "quiero otra hora"]
)
def test_answers_that_are_no_names(text):
    assert names.as_name(text) is None


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("no pasa el camion por mi pasaje, villa los aromos psje 3", "villa los aromos psje 3"),
        ("hay un poste apagado en calle Los Robles 120", "calle Los Robles 120"),
        ("perros sueltos en la plaza los aromos", "plaza los aromos"),
        ("un hoyo frente al consultorio", "frente al consultorio"),
        ("basura en av. Los Maitenes con Quillay. Gracias", "av. Los Maitenes con Quillay"),
    ],
)
def test_places_in_a_story(text, place):
    assert places.find_place(text) == place


@pytest.mark.parametrize(
    "text", ["no pasa por mi pasaje", "hay un hoyo en la calle", "un perro en la esquina de mi casa", "hola"]
)
def test_a_kind_of_place_is_no_place(text):
    assert places.find_place(text) is None


PROCEDURES = Names(
    [
        ("renew", ["Renovar licencia de conducir clase B", "licencia", "renovar licencia", "brevete"]),
        ("first", ["Primera licencia de conducir", "primera licencia", "sacar licencia"]),
        ("permit", ["Permiso de circulación", "patente del auto"]),
        ("trade", ["Patente comercial", "patente de negocio"]),
    ]
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ora pa licensia", "renew"),
        ("necesito hora para renovar licencia clase B mañana", "renew"),
        ("quiero sacar hora para la licencia", "renew"),
        ("es mi primera licensia", "first"),
        ("permizo de circulacion", "permit"),
        ("la patente de mi auto", "permit"),
        ("patente comercial", "trade"),
        ("quiero pedir hora", None),
        ("para sacar pasaporte", None),
        ("matrimonio civil", None),
    ],
)
def test_procedures_by_any_of_their_names(text, found):
    assert PROCEDURES.best(text) == found


def test_a_long_message_is_matched_quickly_and_without_a_fuss():
    assert PROCEDURES.best("bla " * 2_500 + "licencia") in {"renew", None}


@pytest.mark.parametrize("text", ["sí", "si po", "ya", "dale", "👍", "okey gracias", "sí, por favor", "perfecto"])
def test_yes(text):
    assert answers.yes_or_no(text) is True


@pytest.mark.parametrize("text", ["no", "nop", "no gracias", "👎"])
def test_no(text):
    assert answers.yes_or_no(text) is False


@pytest.mark.parametrize(
    "text", ["no, mejor el lunes", "si tengo que llevar papeles", "ya pero el martes", "", "12", "quizás"]
)
def test_neither_yes_nor_no(text):
    assert answers.yes_or_no(text) is None


@pytest.mark.parametrize(
    "text", ["olvídalo", "ya no quiero nada", "dejémoslo", "mejor no", "no quiero seguir", "salir"]
)
def test_giving_up(text):
    assert answers.wants_to_stop(text)


@pytest.mark.parametrize(
    "text", ["no, mejor el lunes", "ya no quiero el martes", "los perros no paran de ladrar", "no puedo salir"]
)
def test_not_giving_up(text):
    assert not answers.wants_to_stop(text)


@pytest.mark.parametrize(
    "text",
    [
        "quiero hablar con alguien YA",
        "páseme con una persona",
        "comuníqueme con un funcionario",
        "que me atienda una persona",
        "humano",
    ],
)
def test_wanting_a_person(text):
    assert answers.wants_person(text)


@pytest.mark.parametrize(
    "text",
    [
        "me atendió pésimo una funcionaria",
        "quiero hora para una persona mayor",
        "quiero reclamar contra un funcionario",
        "hola",
    ],
)
def test_not_wanting_a_person(text):
    assert not answers.wants_person(text)


def test_one_message_says_everything():
    message = Message("necesito hora mañana tipo 10, soy Marcela Soto 15.482.903-2, 98765 4321, m.soto@correo.cl", NOW)
    assert message.name == "Marcela Soto"
    assert message.rut
    assert message.rut.value == "15482903-2"
    assert message.phone
    assert message.phone.value == "+56987654321"
    assert message.email
    assert message.email.value == "m.soto@correo.cl"
    assert str(message.when.date) == "2026-11-24"
    assert message.when.time
    assert message.when.time.hour == 10


def test_the_numbers_of_a_person_are_no_dates():
    assert Message("15.482.903-2", NOW).when.is_empty
    assert Message("9 8765 4321", NOW).when.is_empty


def test_a_name_beside_numbers_is_a_name():
    assert Message("15.482.903-2 Ana Rojas 987654321", NOW).name == "Ana Rojas"
    assert Message("mi rut es 15.482.903-2", NOW, asked="rut").name is None


def test_a_button_says_nothing_in_words():
    message = Message('/inform{"slot_start":"2026-11-24T10:15:00-03:00"}', NOW, pressed=True)
    assert message.text == ""
    assert message.when.is_empty


@given(st.text(max_size=300))
def test_no_text_breaks_the_reading(text):
    message = Message(text, NOW, asked="name")
    for what in ("rut", "phone", "email", "folio", "code", "last_four", "name", "place", "when", "yes", "is_blank"):
        getattr(message, what)
    answers.wants_person(text)
    answers.is_angry(text)
    PROCEDURES.best(text)


@given(st.text(max_size=200), st.integers(min_value=1, max_value=60))
def test_shorten_never_exceeds_its_length(text, length):
    assert len(shorten(text, length)) <= length


def test_fold_keeps_the_enye_and_drops_accents():
    assert fold("  Áéí  ÑANDÚ ") == "aei ñandu"


def test_mask_keeps_offsets():
    assert mask("a 123 b", [(2, 5)]) == "a     b"


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("a que hora abren", True),
        ("hasta qué hora atienden", True),
        ("y cuánto vale", True),
        ("a las 10", False),
        ("en la tarde", False),
        ("para mañana", False),
    ],
)
def test_a_question_needs_no_sign(text, asks):
    assert answers.is_question(text) is asks
