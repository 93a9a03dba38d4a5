"""The queue's entrance."""

import pytest
from munbot_common.ids import uuid7
from munbot_common.messaging import PermanentError
from munbot_contracts.envelope import AnyEvent
from munbot_whatsapp.deliveries.handler import OutboundHandler

BUBBLE = {
    "conversation_id": str(uuid7()),
    "channel": "whatsapp",
    "recipient": "56912345678",
    "seq": 1,
    "sender_type": "bot",
    "text": "Hola",
    "created_at": "2026-11-23T12:00:00Z",
}


@pytest.fixture
def handle(office, factory, provider):
    """Callable that hands a bubble over; returns its parts. `handle.woken` counts the calls of the senders."""
    woken = []
    handler = OutboundHandler(factory, provider=lambda name: provider, on_queued=lambda: woken.append(1))

    def run(*, tenant="valle-claro", kind="munbot.message.outbound.v1", **changes):
        data = BUBBLE | {"message_id": str(uuid7()), "account": office.account.slug} | changes
        envelope = {"id": str(uuid7()), "source": "/munbot/x", "subject": "s", "time": "2026-11-23T12:00:00Z"}
        told = {**envelope, "type": kind, "tenant": tenant, "correlationid": "c-1", "data": data}
        handler(AnyEvent.model_validate(told))
        return office.parts(data["message_id"])

    run.woken = woken
    return run


def test_a_bubble_becomes_a_delivery_with_all_it_carries(office, handle):
    turn, message = uuid7(), uuid7()
    parts = handle(
        message_id=str(message),
        buttons=[{"title": "Sí", "payload": "/yes"}],
        media={"bucket": "b", "key": "k", "content_type": "image/png", "size": 1},
        in_reply_to=str(turn),
    )
    assert [sorted(part.body) for part in parts] == [["media"], ["buttons", "text"]]
    delivery = office.delivery(message)
    assert (delivery.origin, delivery.correlation_id) == ("conversation", "c-1")
    assert str(delivery.conversation_id) == BUBBLE["conversation_id"]
    assert delivery.content["in_reply_to"] == str(turn)
    assert handle.woken == [1]


def test_where_buttons_are_not_shown_they_are_numbered(handle, provider):
    provider.shows_buttons = False
    (part,) = handle(buttons=[{"title": "Sí", "payload": "/yes"}])
    assert part.body["menu"] == [{"title": "Sí", "payload": "/yes"}]


def test_other_channels_are_not_ours(office, handle):
    handle(channel="web")
    assert office.parts() == []


@pytest.mark.parametrize("change", [{"tenant": "punta-brava"}, {"account": "nobody"}, {"kind": "munbot.x.y.v1"}])
def test_what_can_never_be_sent_is_refused_for_good(office, handle, change):
    with pytest.raises(PermanentError):
        handle(**change)
    assert office.parts() == []
    assert handle.woken == []


def test_a_bubble_that_says_nothing_ends_at_once(office, handle):
    message = uuid7()
    assert handle(message_id=str(message), text="  ") == []
    delivery = office.delivery(message)
    assert (delivery.status, delivery.error_code) == ("failed", "empty")
