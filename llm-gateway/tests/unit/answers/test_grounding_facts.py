"""Facts written in different ways are one fact; different facts never are."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from munbot_llm.answers.grounding import check
from munbot_llm.answers.grounding_values import values
from munbot_llm.documents.passages import Passage
from munbot_llm.documents.sentences import sentences

DEMO = Path(__file__).parents[4] / "config" / "demo" / "knowledge"
NAMES = """
cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete dieciocho
diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve
"""
SMALL = NAMES.split()
TENS = ["treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"]
HUNDRED_NAMES = """
ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos
"""
HUNDREDS = HUNDRED_NAMES.split()
MONTH_NAMES = """
enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
"""
MONTHS = MONTH_NAMES.split()


def in_words(number):
    """Spell a number below a million."""
    if number < 30:
        return SMALL[number]
    if number < 100:
        ten, unit = divmod(number, 10)
        return TENS[ten - 3] + (f" y {SMALL[unit]}" if unit else "")
    if number == 100:
        return "cien"
    if number < 1000:
        hundred, rest = divmod(number, 100)
        return HUNDREDS[hundred - 1] + (f" {in_words(rest)}" if rest else "")
    thousand, rest = divmod(number, 1000)
    return ("mil" if thousand == 1 else f"{in_words(thousand)} mil") + (f" {in_words(rest)}" if rest else "")


def facts(text):
    return {(value.kind, value.value, value.unit) for value in values(text)}


@given(st.integers(2, 999_999))
def test_a_number_is_the_same_in_figures_and_words(number):
    dotted = f"{number:,}".replace(",", ".")
    assert (
        facts(f"{number} pesos")
        == facts(f"{in_words(number)} pesos")
        == facts(f"${dotted}")
        == facts(f"{dotted} pesos")
    )


@given(st.integers(0, 23), st.integers(0, 59))
def test_an_hour_is_the_same_however_it_is_written(hour, minute):
    expected = {("time", (hour * 60 + minute,), "")}
    assert facts(f"a las {hour:02}:{minute:02}") == expected
    assert facts(f"a las {hour}.{minute:02} hrs") == expected
    assert facts(f"{hour:02}:{minute:02} horas.") == expected
    if 13 <= hour <= 20:
        assert facts(f"a las {hour - 12}:{minute:02} de la tarde") == expected
        assert facts(f"{hour - 12}:{minute:02} p.m.") == expected


@given(st.dates())
def test_a_date_is_the_same_in_words_and_figures(day):
    expected = {("date", (day.day, day.month, day.year), "")}
    year = f"{day.year:04}"
    assert facts(f"el {day.day} de {MONTHS[day.month - 1]} de {year}") == expected
    assert facts(f"el {in_words(day.day)} de {MONTHS[day.month - 1]} del año {year}") == expected
    assert facts(f"el {day.day:02}/{day.month:02}/{year}") == expected
    assert facts(f"el {year}-{day.month:02}-{day.day:02}") == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2 UTM", "dos unidades tributarias mensuales"),
        ("2 UTM", "2 U.T.M."),
        ("media UTM", "0,5 UTM"),
        ("1/2 UTM", "½ U. T. M."),
        ("40 %", "cuarenta por ciento"),
        ("10:00", "las diez de la mañana"),
        ("14:30", "las dos y media de la tarde"),
        ("12:00", "mediodía"),
        ("+56 2 2345 6700", "(2) 2345-6700"),
        ("12.345.678-K", "12345678-k"),
        ("https://www.valle-claro.demo/", "valle-claro.demo"),
        ("3 m2", "tres metros cuadrados"),
        ("cinco (5) días hábiles", "5 días hábiles"),
        ("de 9 a 14 horas", "9:00 a 14:00"),
        ("1° de marzo", "primero de marzo"),
        ("dos millones de pesos", "$2.000.000"),
        ("12 mil 500 pesos", "$12.500"),
    ],
)
def test_two_ways_of_writing(one, other):
    assert facts(one) == facts(other) != set()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2 UTM", "2 UF"),
        ("2 UTM", "20 UTM"),
        ("1.500 pesos", "1,5 pesos"),
        ("5 días", "5 días hábiles"),
        ("5 días", "5 horas"),
        ("10:00", "22:00"),
        ("2 metros", "2 metros cuadrados"),
        ("15 de marzo", "15 de mayo"),
        ("de 1 a 5 UTM", "de 2 a 5 UTM"),
        ("doce o trece perros", "veinticinco perros"),
    ],
)
def test_two_facts(one, other):
    assert facts(one) != facts(other)


FINE = Passage(
    "m",
    "Ordenanza",
    "Multas",
    ("Multas",),
    "Botar basura en la calle se multa con 3 UTM y la reincidencia con 5 UTM.",
    0,
)


@given(st.decimals(Decimal("0.1"), Decimal(200), places=1), st.sampled_from(["UTM", "UF", "pesos", "días", "%"]))
def test_only_the_passages_amount_passes(number, unit):
    written = f"{number.normalize():f}".replace(".", ",")
    verdict = check(f"Botar basura en la calle se multa con {written} {unit}.", [FINE])
    assert verdict.ok == (unit == "UTM" and number in {3, 5})


@given(st.text(max_size=300))
def test_no_text_breaks_the_guard(text):
    verdict = check(text, [FINE])
    assert verdict.ok or verdict.reason


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyzñáéíóú ", min_size=4, max_size=40))
def test_a_tail_of_other_words_never_passes(tail):
    strange = [word for word in tail.split() if len(word) > 5]
    said = f"Botar basura en la calle se multa con 3 UTM y {tail.strip()}."
    if strange and not set(strange) & set(FINE.text.split()):
        verdict = check(said, [FINE])
        assert not verdict.ok or all(word in KNOWN for word in strange)


KNOWN = {"municipal", "tramite"}


def test_what_the_demos_documents_say_passes_as_they_say_it():
    """A quote is the best answer there is: hardly any may be kept back."""
    quotes = kept_back = 0
    for file in sorted(DEMO.rglob("*.md")):
        title = ""
        for block in re.split(r"\n(?=#)", file.read_text(encoding="utf-8")):
            heading, _, text = block.partition("\n")
            heading = heading.strip("# ")
            title = title or heading
            passage = Passage(file.stem, title, heading, (heading,), text, 0)
            for sentence in sentences(text):
                quotes += 1
                kept_back += not check(sentence, [passage]).ok
    assert quotes > 300
    assert kept_back < 0.02 * quotes
