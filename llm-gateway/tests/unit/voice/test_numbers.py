"""A RUT or a telephone number that was read aloud, as digits; nothing is made up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from munbot_common.chile import normalise_rut
from munbot_llm.voice.numbers import as_digits
from stdnum.cl import rut as stdnum_rut

UNITS = ["cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"]
TEENS = ["diez", "once", "doce", "trece", "catorce", "quince", "dieciséis", "diecisiete", "dieciocho", "diecinueve"]
TENS = ["", "", "", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"]
TWENTIES = [
    *("veinte", "veintiuno", "veintidós", "veintitrés", "veinticuatro"),
    *("veinticinco", "veintiséis", "veintisiete", "veintiocho", "veintinueve"),
]
HUNDREDS = [
    *("", "ciento", "doscientos", "trescientos", "cuatrocientos"),
    *("quinientos", "seiscientos", "setecientos", "ochocientos", "novecientos"),
]


def below_thousand(number, *, before_noun=False):
    """Say a number from 1 to 999."""
    if number == 100:
        return "cien"
    words = [HUNDREDS[number // 100]] if number >= 100 else []
    rest = number % 100
    if 0 < rest < 10:
        words.append("un" if rest == 1 and before_noun else UNITS[rest])
    elif 10 <= rest < 20:
        words.append(TEENS[rest - 10])
    elif 20 <= rest < 30:
        words.append("veintiún" if rest == 21 and before_noun else TWENTIES[rest - 20])
    elif rest >= 30:
        unit = "un" if rest % 10 == 1 and before_noun else UNITS[rest % 10]
        words.append(TENS[rest // 10] + (f" y {unit}" if rest % 10 else ""))
    return " ".join(words)


def say(number):
    """Say a number from a million to 99 millions."""
    millions, thousands, rest = number // 1_000_000, number // 1000 % 1000, number % 1000
    words = [below_thousand(millions, before_noun=True), "millón" if millions == 1 else "millones"]
    if thousands:
        words += ([] if thousands == 1 else [below_thousand(thousands, before_noun=True)]) + ["mil"]
    return " ".join(words + ([below_thousand(rest)] if rest else []))


numbers = st.integers(1_000_000, 99_999_999)


@given(numbers)
def test_any_rut_read_as_an_amount(number):
    digit = stdnum_rut.calc_check_digit(str(number))
    spoken = "ka" if digit == "K" else UNITS[int(digit)]
    rut = normalise_rut(f"{number}-{digit}")
    assert as_digits(f"Mi RUT es {say(number)} guión {spoken}.") == f"Mi RUT es {rut}."
    assert as_digits(f"es {number // 10**6} millones {say(number).partition('mill')[2].partition(' ')[2]} raya {digit}")
    assert as_digits(f"soy {number:,}".replace(",", ".") + f" guion {spoken}, gracias") == f"soy {rut}, gracias"


@given(numbers)
def test_any_rut_read_digit_by_digit(number):
    digit = stdnum_rut.calc_check_digit(str(number))
    spoken = " ".join(UNITS[int(one)] for one in str(number))
    assert as_digits(f"{spoken} guion {digit.lower()}") == normalise_rut(f"{number}-{digit}")


@given(numbers, st.integers(0, 9))
def test_a_wrong_check_digit_changes_nothing(number, digit):
    if stdnum_rut.calc_check_digit(str(number)) == str(digit):
        digit = (digit + 1) % 10
    text = f"mi rut es {say(number)} guión {UNITS[digit]}"
    assert as_digits(text) == text


@given(st.text(max_size=200))
def test_any_text_is_survived(text):
    as_digits(text)


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("llame al nueve ocho siete seis cinco cuatro tres dos uno", "llame al 987654321"),
        ("al 9, 8, 7, 6, 5, 4, 3, 2, 1 por favor", "al 987654321 por favor"),
        ("mi rut es 15 millones 482 mil 903 guión 2", "mi rut es 15482903-2"),
        ("mi rut es 15.482.903-2", "mi rut es 15482903-2"),
    ],
)
def test_numbers_as_people_say_them(said, written):
    assert as_digits(said) == written


@pytest.mark.parametrize(
    "text",
    [
        "",
        "uno dos tres, probando",
        "necesito dos horas para el lunes tres",
        "quince millones de pesos",
        "son las ocho y media. Dos personas",
        "la calle 21 de mayo 1450",
        "ocho mil guion dos",
    ],
)
def test_what_may_mean_something_else_stays(text):
    assert as_digits(text) == text
