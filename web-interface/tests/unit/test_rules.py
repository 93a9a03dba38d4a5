from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from munbot_common.ids import uuid7
from munbot_web.chat.problems import KeyInvalid, MessageEmpty, MessageTooLong, PayloadInvalid
from munbot_web.chat.rules import body_hash, check_key, check_payload, clean_text, message_id_for
from munbot_web.chat.socket import is_allowed_origin

ONE, OTHER = uuid7(), uuid7()


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("  hola  ", "hola"),
        ("uno\r\ndos\rtres", "uno\ndos\ntres"),
        ("sen\u0303or", "señor"),
        ("a\x00b\x1bc", "abc"),
        ("pago\u202eopag", "pagoopag"),
        ("<b>hola</b>", "<b>hola</b>"),
        ("👍", "👍"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("mal\ud800o", "malo"),
    ],
)
def test_a_text_is_kept_as_typed_without_what_cannot_be_seen(raw, kept):
    assert clean_text(raw, limit=100) == kept


@pytest.mark.parametrize("raw", ["", "   ", "\n\t", "\u200b\u200d", "\x00\x07", "\u3164"])
def test_nothing_to_read_is_refused(raw):
    with pytest.raises(MessageEmpty):
        clean_text(raw, limit=100)


def test_the_limit_counts_what_is_kept():
    assert clean_text("a" * 100 + "   ", limit=100) == "a" * 100
    with pytest.raises(MessageTooLong) as caught:
        clean_text("a" * 101, limit=100)
    assert "101" in caught.value.detail


@given(st.text(alphabet=st.characters(), max_size=200))
def test_cleaning_twice_changes_nothing(raw):
    try:
        once = clean_text(raw, limit=10_000)
    except MessageEmpty:
        return
    assert clean_text(once, limit=10_000) == once
    once.encode("utf-8")


def test_payloads():
    assert check_payload(None) is None
    assert check_payload("") is None
    assert check_payload('/inform{"a":"b"}') == '/inform{"a":"b"}'
    with pytest.raises(PayloadInvalid):
        check_payload("x" * 1_001)


@pytest.mark.parametrize("key", ["", "   ", "x" * 201])
def test_unusable_keys_are_refused(key):
    with pytest.raises(KeyInvalid):
        check_key(key)


def test_a_key_names_one_message_of_one_conversation():
    assert message_id_for(ONE, "a") == message_id_for(ONE, "a")
    assert len({message_id_for(ONE, "a"), message_id_for(ONE, "b"), message_id_for(OTHER, "a")}) == 3
    assert isinstance(message_id_for(ONE, None), UUID)
    assert message_id_for(ONE, None) != message_id_for(ONE, None)


def test_text_and_payload_cannot_pass_for_each_other():
    assert body_hash("a", None) == body_hash("a", "")
    assert len({body_hash("a", "b"), body_hash("ab", None), body_hash("b", "a")}) == 3


@pytest.mark.parametrize(
    ("origin", "allowed", "answer"),
    [
        (None, [], True),
        ("http://munbot.test:8080", [], True),
        ("https://publico.test", [], True),
        ("https://otro.example", [], False),
        ("https://otro.example", ["https://otro.example"], True),
        ("https://otro.example/", ["https://otro.example"], True),
        ("http://otro.example", ["https://otro.example"], False),
        ("https://otro.example.malo.test", ["https://otro.example"], False),
        ("null", [], False),
        ("https://cualquiera.test", ["*"], True),
    ],
)
def test_which_pages_may_connect(origin, allowed, answer):
    environ = {"HTTP_HOST": "munbot.test:8080", "HTTP_X_FORWARDED_HOST": "publico.test"}
    assert is_allowed_origin(origin, environ, allowed) is answer
