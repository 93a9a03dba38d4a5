import pytest
from hypothesis import given
from hypothesis import strategies as st
from munbot_common.chile import Phone, Rut, format_rut, normalise_phone, normalise_rut
from pydantic import TypeAdapter, ValidationError
from stdnum.cl import rut as stdnum_rut


@pytest.mark.parametrize("text", ["15.482.903-2", "15482903-2", "154829032", " 15.482.903 - 2 "])
def test_rut_forms(text):
    assert normalise_rut(text) == "15482903-2"


@given(st.integers(min_value=1_000_000, max_value=99_999_999))
def test_rut_round_trip_and_wrong_digit(number):
    digit = stdnum_rut.calc_check_digit(str(number))
    assert normalise_rut(format_rut(f"{number}-{digit}")) == f"{number}-{digit}"
    wrong = "0" if digit != "0" else "1"
    with pytest.raises(ValueError, match="RUT"):
        normalise_rut(f"{number}-{wrong}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("98765 4321", "+56987654321"),
        ("+56 9 8765 4321", "+56987654321"),
        ("8765 4321", "+56987654321"),
        ("(2) 2345 6789", "+56223456789"),
        ("9 1234 5678", "+56912345678"),  # a block that phonenumbers does not know
    ],
)
def test_phone_forms(text, expected):
    assert normalise_phone(text) == expected


@pytest.mark.parametrize("text", ["", "123", "hola", "99999999999999", "9123456789"])
def test_phone_nonsense(text):
    with pytest.raises(ValueError, match="teléfono"):
        normalise_phone(text)


def test_types_carry_stable_codes():
    for kind, code in ((Rut, "rut_invalid"), (Phone, "phone_invalid")):
        with pytest.raises(ValidationError) as error:
            TypeAdapter(kind).validate_python("1")
        assert error.value.errors()[0]["type"] == code
