"""Values as they come from outside."""

import pytest
from munbot_whatsapp.providers import reading


@pytest.mark.parametrize(
    ("given", "number"),
    [
        (0, 0),
        (48213, 48213),
        ("303833", 303833),
        ({"low": 48213, "high": 0, "unsigned": True}, 48213),
        ({"low": -1, "high": 0}, 0xFFFFFFFF),
        ({"low": 0, "high": 1}, 1 << 32),
        (-1, None),
        ("-1", None),
        ("", None),
        ("1.5", None),
        ("١٢", None),
        (1.5, None),
        (True, None),
        (1 << 53, None),
        ("9" * 16, None),
        ({"low": 0, "high": 1 << 40}, None),
        ({"low": 0, "high": -1}, None),
        ({"low": "0"}, None),
        ({}, None),
        ([], None),
        (None, None),
    ],
)
def test_whole_numbers(given, number):
    assert reading.whole(given) == number


@pytest.mark.parametrize(
    ("given", "digits"),
    [
        ("56912345678", "56912345678"),
        ("+56912345678", "56912345678"),
        ("++56912345678", None),
        ("0912345678", None),
        ("123456", None),
        ("1234567890123456", None),
        ("56 912345678", None),
        ("٥٦٩١٢٣٤٥٦٧٨", None),
        ("56912345678\n", None),
        (56912345678, None),
        ("", None),
        (None, None),
    ],
)
def test_telephone_numbers(given, digits):
    assert reading.digits_of(given) == digits


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("wamid.A=", "wamid.A="),
        (131051, "131051"),
        (True, None),
        (1.0, None),
        ("a b", None),
        ("a\x7f", None),
        ("", None),
    ],
)
def test_ids(given, read):
    assert reading.identifier(given) == read


def test_an_id_is_not_cut():
    assert reading.identifier("x" * 300) == "x" * 300
    assert reading.identifier("x" * 301) is None


@pytest.mark.parametrize(
    ("latitude", "longitude", "is_there"),
    [
        (-90, 180, True),
        ("-33.4", "-70.6", True),
        (90.001, 0, False),
        (0, -180.001, False),
        (True, 0, False),
        (float("nan"), 0, False),
        ("1e999", 0, False),
        (10**400, 0, False),
        (None, 0, False),
    ],
)
def test_points(latitude, longitude, is_there):
    assert (reading.location(latitude, longitude) is not None) == is_there


def test_a_section_that_is_none():
    assert reading.section({"a": {"b": [1]}}, "a", "b") == {}
    assert reading.section(None, "a") == {}
    assert reading.sections({"a": 1}) == []
    assert reading.sections([1, {"a": 1}, None]) == [{"a": 1}]
