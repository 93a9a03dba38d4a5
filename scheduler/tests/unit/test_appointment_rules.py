import pytest
from hypothesis import given
from hypothesis import strategies as st
from munbot_scheduler.appointments import rules
from munbot_scheduler.appointments.rules import ALPHABET, Status

bodies = st.text(ALPHABET, min_size=rules.BODY_LENGTH, max_size=rules.BODY_LENGTH)


def complete(body):
    return body + rules.check_character(body)


@given(bodies)
def test_a_code_is_read_however_it_is_written(body):
    code = rules.normalise_code(complete(body))
    assert rules.normalise_code(f" {code.lower()} ") == code
    assert rules.normalise_code(code.replace("-", " ")) == code


@given(bodies, st.integers(0, 7), st.integers(1, len(ALPHABET) - 1))
def test_one_wrong_character_is_always_noticed(body, position, shift):
    letters = list(complete(body))
    letters[position] = ALPHABET[(ALPHABET.index(letters[position]) + shift) % len(ALPHABET)]
    with pytest.raises(ValueError):
        rules.normalise_code("".join(letters))


@given(bodies, st.integers(0, 6))
def test_two_swapped_characters_are_always_noticed(body, position):
    letters = list(complete(body))
    if letters[position] == letters[position + 1]:
        return
    letters[position], letters[position + 1] = letters[position + 1], letters[position]
    with pytest.raises(ValueError):
        rules.normalise_code("".join(letters))


@pytest.mark.parametrize("text", ["", "H7KQ", "😀", "H7KQ-3M2X-9", "0000-0000", "x" * 10_000])
def test_what_cannot_be_a_code(text):
    with pytest.raises(ValueError):
        rules.normalise_code(text)


def test_new_codes_are_valid():
    codes = {rules.new_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(rules.normalise_code(code) == code for code in codes)


def test_the_legal_life_of_an_appointment():
    legal = {(a.value, b.value) for a in Status for b in Status if rules.may_become(a, b)}
    assert legal == {
        ("booked", "confirmed"), ("booked", "cancelled"), ("booked", "attended"), ("booked", "no_show"),
        ("confirmed", "cancelled"), ("confirmed", "attended"), ("confirmed", "no_show"),
        ("attended", "no_show"), ("no_show", "attended"),
    }  # fmt: skip


def test_masks_show_little():
    assert rules.mask_rut("15482903-2") == "•••••903-2"
    assert rules.mask_name("Marcela Soto Pérez") == "Marcela S."
    assert rules.mask_phone("+56987654321") == "••••••••4321"
    assert rules.mask_email("marcela@correo.cl") == "m•••@correo.cl"
    assert rules.mask_phone(None) is None
    assert rules.mask_email(None) is None
