import asyncio
import contextlib
from datetime import UTC, datetime

from munbot_common.ids import uuid7
from munbot_contracts.envelope import Event
from munbot_contracts.messages import MESSAGE_HANDLED, MESSAGE_OUTBOUND
from munbot_web.chat.replies import Replies
from munbot_web.delivery import Delivery

CONVERSATION, MESSAGE = uuid7(), uuid7()


class FakeRoom:
    def __init__(self, wanted, fails=()):
        self.heard, self.wanted, self.fails, self.done_ = [], wanted, set(fails), asyncio.Event()

    async def follow(self, tenant, address, conversation_id, before_seq):
        self._hear(("follow", tenant, address))

    async def bubble(self, conversation_id, bubble):
        if bubble.text in self.fails:
            raise RuntimeError(bubble.text)
        self._hear(("bubble", bubble.text))

    async def done(self, conversation_id):
        self._hear(("done", conversation_id))

    def _hear(self, what):
        self.heard.append(what)
        if len(self.heard) == self.wanted:
            self.done_.set()


def event(type_, **data):
    return Event[dict](
        id=uuid7(),
        source="/munbot/conversations",
        type=type_,
        subject="x",
        time=datetime.now(UTC),
        tenant="valle-claro",
        correlationid="c",
        data={"conversation_id": str(CONVERSATION), "channel": "web", "message_id": str(uuid7())} | data,
    )


def outbound(text, **more):
    return event(
        MESSAGE_OUTBOUND,
        **{
            "account": "widget",
            "recipient": "dir",
            "seq": 2,
            "sender_type": "bot",
            "text": text,
            "in_reply_to": str(MESSAGE),
            "created_at": datetime.now(UTC).isoformat(),
        }
        | more,
    )


def handled(**more):
    return event(MESSAGE_HANDLED, **{"message_id": str(MESSAGE), "outcome": "answered", "replies": 1} | more)


def deliver(events, wanted, fails=()):
    """Pass events through as the consumer's thread does; return what the room heard, and the one who waited."""

    async def run():
        room, replies = FakeRoom(wanted, fails), Replies()
        delivery = Delivery(asyncio.get_running_loop(), room, replies)
        pump = asyncio.create_task(delivery.run())
        with replies.waiting(MESSAGE) as waiter:
            await asyncio.to_thread(lambda: [delivery.handle(one) for one in events])
            await asyncio.wait_for(room.done_.wait(), 5)
        pump.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await pump
        return room.heard, waiter

    return asyncio.run(run())


def test_sockets_are_led_before_the_bubble_and_the_waiter_hears_too():
    heard, waiter = deliver([outbound("uno"), handled()], 3)
    assert heard == [("follow", "valle-claro", "dir"), ("bubble", "uno"), ("done", CONVERSATION)]
    assert waiter.done.is_set()


def test_order_is_kept():
    texts = [str(number) for number in range(50)]
    heard, _ = deliver([outbound(text) for text in texts], 100)
    assert [what[1] for what in heard if what[0] == "bubble"] == texts


def test_other_channels_are_none_of_ours():
    heard, waiter = deliver([outbound("no", channel="whatsapp"), handled(channel="whatsapp"), outbound("sí")], 2)
    assert heard == [("follow", "valle-claro", "dir"), ("bubble", "sí")]
    assert waiter.handled is None


def test_one_that_fails_does_not_stop_the_next():
    heard, _ = deliver([outbound("malo"), outbound("bueno")], 3, fails=["malo"])
    assert ("bubble", "bueno") in heard
