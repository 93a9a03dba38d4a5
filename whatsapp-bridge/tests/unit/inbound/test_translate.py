"""Webhooks as our events: what they carry, that repetitions are the same, that nothing hostile breaks them."""

import json
from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from munbot_contracts.envelope import AnyEvent
from munbot_contracts.messages import Location, MessageKind, MessageReceived
from munbot_whatsapp.events import MediaReceived, StatusReceived, message_id_of
from munbot_whatsapp.inbound.translate import asks_for_menu, told_by
from munbot_whatsapp.providers.base import Account, Decision, Inbound, MediaRef, StatusUpdate, Webhook

ACCOUNT = Account(
    slug="valle-claro",
    tenant="munivalle",
    provider="meta",
    provider_ref="1",
    base_url="https://graph.facebook.com",
    credentials={"access_token": "EAAtoken"},
)
AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
MENU = {
    "turn": "t",
    "options": [{"title": "Pedir hora", "payload": "/book"}, {"title": "Reclamo", "payload": "/complain"}],
}


def inbound(**fields):
    given = {"provider_message_id": "wamid.1", "address": "56912345678", "sent_at": AT, "kind": MessageKind.TEXT}
    return Inbound(**given | fields)


def events(*messages, statuses=(), menus=None):
    told = told_by(ACCOUNT, Webhook(messages=tuple(messages), statuses=tuple(statuses)), menus or {})
    return [AnyEvent.model_validate_json(message.body) for item in told for message in item.messages]


def received(message, **options):
    return MessageReceived.model_validate(events(message, **options)[0].data)


def test_a_message_carries_who_what_and_when():
    (event,) = events(inbound(text="Hola", name="Ana", phone="+56912345678"))
    message = MessageReceived.model_validate(event.data)
    assert (event.type, event.tenant, event.time) == ("munbot.message.received.v1", "munivalle", AT)
    assert (message.channel, message.account, message.provider_message_id) == ("whatsapp", "valle-claro", "wamid.1")
    assert (message.sender.address, message.sender.phone, message.sender.name) == ("56912345678", "+56912345678", "Ana")
    assert (message.kind, message.text, message.payload, message.opt) == ("text", "Hola", None, None)
    assert not message.media_pending


def test_a_choice_is_a_pressed_button():
    message = received(inbound(kind=MessageKind.BUTTON, text="Pedir hora", choice_id="/book"))
    assert (message.kind, message.text, message.payload) == ("button", "Pedir hora", "/book")


def test_a_point_and_a_reaction():
    place = Location(latitude=-33.45, longitude=-70.66, name="Plaza")
    assert received(inbound(kind=MessageKind.LOCATION, location=place)).location == place
    assert received(inbound(kind=MessageKind.REACTION, text="👍", reply_to="wamid.0")).kind == "reaction"


@pytest.mark.parametrize("kind", ["image", "document", "audio"])
def test_a_file_is_told_of_after_its_message(kind):
    media = MediaRef(ref="99", url="https://x", content_type="image/jpeg", voice=True, size=5, filename="a", seconds=3)
    first, second = events(inbound(kind=MessageKind(kind), text="bache", media=media))
    message, file = MessageReceived.model_validate(first.data), MediaReceived.model_validate(second.data)
    assert (message.media_pending, message.text) == (True, "bache")
    assert (file.message_id, file.kind, file.ref, file.seconds) == (message.message_id, kind, "99", 3)


def test_a_kind_that_we_do_not_take_has_no_file():
    (event,) = events(inbound(kind=MessageKind.UNSUPPORTED, unsupported="video", media=MediaRef(ref="1")))
    assert not MessageReceived.model_validate(event.data).media_pending


@pytest.mark.parametrize(("text", "opt"), [("BAJA", "out"), ("alta", "in"), ("hola", None)])
def test_words_that_refuse_are_marked(text, opt):
    assert received(inbound(text=text)).opt == opt


def test_a_button_refuses_by_its_payload_only():
    assert received(inbound(kind=MessageKind.BUTTON, text="Baja", choice_id="/priority_low")).opt is None
    assert received(inbound(kind=MessageKind.BUTTON, text="No me escriban", choice_id="BAJA")).opt == "out"


@pytest.mark.parametrize("kind", [MessageKind.IMAGE, MessageKind.LOCATION, MessageKind.UNSUPPORTED])
def test_a_caption_refuses_nothing(kind):
    assert received(inbound(kind=kind, text="baja")).opt is None


@pytest.mark.parametrize("text", ["2", " 2. ", "opción 2", "2️⃣"])
def test_a_number_is_the_option_that_it_stands_for(text):
    message = received(inbound(text=text), menus={"56912345678": MENU})
    assert (message.kind, message.payload) == ("button", "/complain")


@pytest.mark.parametrize("text", ["3", "0", "tengo 2 perros", "dos"])
def test_other_words_stay_words(text):
    message = received(inbound(text=text), menus={"56912345678": MENU})
    assert (message.kind, message.payload, message.text) == ("text", None, text)


def test_a_number_without_a_menu_stays_a_number():
    message = received(inbound(text="2"), menus={"56900000000": MENU})
    assert (message.kind, message.payload) == ("text", None)


def test_only_short_words_with_a_digit_are_looked_up():
    assert asks_for_menu(inbound(text="2"))
    assert not asks_for_menu(inbound(text="hola"))
    assert not asks_for_menu(inbound(text="2" * 41))
    assert not asks_for_menu(inbound(kind=MessageKind.IMAGE, text="2"))


def test_a_status_carries_all_that_is_known():
    update = StatusUpdate("wamid.9", "failed", AT, reference="r", error_code="131047", decision=Decision.WINDOW_CLOSED)
    (event,) = events(statuses=[update])
    status = StatusReceived.model_validate(event.data)
    assert (status.account, status.provider_message_id, status.status) == ("valle-claro", "wamid.9", "failed")
    assert (status.reference, status.error_code, status.decision, status.at) == ("r", "131047", "window_closed", AT)


def test_each_status_of_a_message_is_an_event_of_its_own():
    ids = [event.id for event in events(statuses=[StatusUpdate("w", status, AT) for status in ("sent", "read")])]
    assert len(set(ids)) == 2


def test_the_same_message_at_another_account_is_another_one():
    assert message_id_of("valle-claro", "wamid.1") != message_id_of("punta-brava", "wamid.1")


@pytest.mark.parametrize(
    "fields",
    [
        {"provider_message_id": ""},
        {"provider_message_id": "x" * 301},
        {"provider_message_id": "a\x00b"},
        {"address": ""},
        {"address": "9" * 121},
        {"address": "\ud800"},
    ],
)
def test_what_cannot_be_stored_is_left_out_and_counted(fields):
    webhook = Webhook(messages=(inbound(**fields), inbound(provider_message_id="good")))
    told = told_by(ACCOUNT, webhook, {})
    assert len(told) == 1
    assert webhook.dropped == Counter(malformed=1)


anything = st.text(st.characters(), max_size=50)
usable = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=50)
files = st.none() | st.builds(
    MediaRef,
    ref=anything,
    url=st.none() | anything,
    content_type=st.none() | anything,
    filename=st.none() | anything,
    sha256=st.none() | anything,
    size=st.none() | st.integers(0, 2**40),
)
messages = st.builds(
    Inbound,
    provider_message_id=usable,
    address=usable,
    sent_at=st.just(AT),
    kind=st.sampled_from(MessageKind),
    name=st.none() | anything,
    text=anything,
    choice_id=st.none() | anything,
    media=files,
)
statuses = st.builds(
    StatusUpdate,
    provider_message_id=usable,
    status=st.sampled_from(["sent", "delivered", "read", "played", "failed"]),
    at=st.just(AT),
    reference=st.none() | anything,
    error_code=st.none() | anything,
)


@given(st.lists(messages, max_size=5), st.lists(statuses, max_size=5))
def test_whatever_it_says_the_events_are_valid_and_storable(said, told):
    found = told_by(ACCOUNT, Webhook(messages=tuple(said), statuses=tuple(told)), {})
    assert len(found) == len(said) + len(told)
    for item in found:
        for message in item.messages:
            AnyEvent.model_validate_json(message.body)
            assert b"\\u0000" not in message.body
            assert b"EAAtoken" not in message.body


@given(st.lists(messages, max_size=4), st.lists(statuses, max_size=4))
def test_a_repetition_says_the_same_by_the_same_ids(said, told):
    def said_once():
        webhook = Webhook(messages=tuple(said), statuses=tuple(told))
        bodies = [json.loads(m.body) for item in told_by(ACCOUNT, webhook, {}) for m in item.messages]
        return [{name: body[name] for name in ("id", "type", "subject", "tenant", "data")} for body in bodies]

    assert said_once() == said_once()
