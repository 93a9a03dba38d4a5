import asyncio
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from munbot_common.auth import Principal, Role
from munbot_common.client import ServiceAway
from munbot_common.ids import uuid7
from munbot_common.messaging import BrokerUnavailable
from munbot_contracts.messages import MessageHandled
from munbot_web.chat.guard import Verdict
from munbot_web.chat.hub import HandledMessage
from munbot_web.chat.problems import HubAway, KeyReused, MessageEmpty, TooFast, VisitorOnly
from munbot_web.chat.replies import Replies
from munbot_web.chat.schemas import HistoryMessage, OutboundBubble
from munbot_web.chat.service import ChatService, Visitor

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
VISITOR = Visitor("valle-claro", uuid7(), "una-direccion")


@dataclass
class FakeGuard:
    verdict: Verdict = field(default_factory=Verdict)

    async def look(self, conversation_id, message_id, body):
        return self.verdict


@dataclass
class FakeRoom:
    heard: list = field(default_factory=list)

    async def typing(self, visitor, *, on):
        self.heard.append(("typing", on))

    async def user_message(self, visitor, message, *, skip):
        self.heard.append(("user_message", message.text, skip))


@dataclass
class FakeHub:
    known: HandledMessage | None = None
    away: bool = False
    newer: object = None
    asked: list = field(default_factory=list)

    async def handled(self, tenant, message_id):
        if self.away:
            raise ServiceAway("conversations")
        return self.known

    async def current(self, tenant, conversation_id):
        return self.newer or conversation_id

    async def history(self, tenant, conversation_id, after_seq):
        self.asked.append((conversation_id, after_seq))
        return []


class World:
    """A gateway whose broker answers by `on_publish`."""

    def __init__(self, on_publish=lambda event: None, **verdict):
        self.on_publish = on_publish
        self.published, self.room, self.hub, self.replies = [], FakeRoom(), FakeHub(), Replies()

        async def publish(message):
            event = json.loads(message.body)
            self.on_publish(event)
            self.published.append(event)

        self.chat = ChatService(
            publish=publish,
            hub=self.hub,
            guard=FakeGuard(Verdict(**verdict)),
            replies=self.replies,
            room=self.room,
            max_text=100,
            clock=lambda: NOW,
        )

    def accept(self, text="hola", **more):
        return asyncio.run(self.chat.accept(VISITOR, text, via="socket", **more))

    def wait(self, text="hola", seconds=0.05, **more):
        return asyncio.run(self.chat.accept_and_wait(VISITOR, text, seconds=seconds, **more))


def stored(message_id, text="hola"):
    return HistoryMessage(
        id=uuid4(), seq=2, direction="out", sender_type="bot", text=text, in_reply_to=message_id, created_at=NOW
    )


def answer(world, outcome="answered", texts=("hola",)):
    def tell(event):
        message = event["data"]["message_id"]
        for seq, text in enumerate(texts, 2):
            world.replies.on_bubble(
                OutboundBubble(id=uuid4(), seq=seq, text=text, sender_type="bot", created_at=NOW, in_reply_to=message)
            )
        world.replies.on_handled(
            MessageHandled(
                message_id=message,
                conversation_id=event["data"]["conversation_id"],
                channel="web",
                outcome=outcome,
                replies=len(texts),
            )
        )

    return tell


def test_a_message_leaves_with_all_that_the_hub_needs():
    world = World()
    taken = world.accept(" hola ", payload="/greet", key="k", sid="s1")
    (event,) = world.published
    data = event["data"]
    assert event["tenant"] == "valle-claro"
    assert (data["text"], data["kind"], data["payload"]) == ("hola", "button", "/greet")
    assert data["sender"]["address"] == "una-direccion"
    assert data["message_id"] == data["provider_message_id"] == str(taken.message_id)
    # The sign comes before the message leaves: the answer takes it away.
    assert world.room.heard == [("typing", True), ("user_message", "hola", "s1")]


def test_the_same_key_gives_the_same_event():
    world = World()
    world.accept(key="k")
    world.accept(key="k")
    one, two = world.published
    assert one["id"] == two["id"]


def test_a_repeated_message_is_published_again_but_shown_no_second_time():
    world = World(seen=True)
    world.accept(key="k")
    assert len(world.published) == 1
    assert world.room.heard == []


@pytest.mark.parametrize(
    ("verdict", "problem"), [({"retry_after": 4}, TooFast), ({"seen": True, "reused": True}, KeyReused)]
)
def test_what_the_guard_refuses_does_not_leave(verdict, problem):
    world = World(**verdict)
    with pytest.raises(problem) as caught:
        world.accept(key="k")
    assert world.published == []
    if problem is TooFast:
        assert caught.value.headers["Retry-After"] == "4"


def test_without_redis_messages_pass():
    world = World(seen=None)
    world.accept(key="k")
    assert len(world.published) == 1


def test_an_empty_message_does_not_leave():
    world = World()
    with pytest.raises(MessageEmpty):
        world.accept("   ")
    assert world.published == []


def test_without_the_broker_the_message_is_not_taken_and_the_sign_goes():
    def away(_event):
        raise BrokerUnavailable("away")

    world = World(away)
    with pytest.raises(HubAway):
        world.accept()
    assert world.room.heard == [("typing", True), ("typing", False)]


def test_wait_gives_the_replies():
    world = World()
    world.on_publish = answer(world, texts=("uno", "dos"))
    got = world.wait()
    assert (got.outcome, [one.text for one in got.messages]) == ("answered", ["uno", "dos"])


@pytest.mark.parametrize(("outcome", "texts"), [("silenced", ()), ("deferred", ("luego",))])
def test_wait_ends_at_once_when_no_answer_is_to_come_now(outcome, texts):
    world = World()
    world.on_publish = answer(world, outcome, texts)
    got = world.wait(seconds=30)
    assert (got.outcome, len(got.messages)) == (outcome, len(texts))


def test_wait_over_time_says_pending():
    got = World().wait()
    assert (got.outcome, got.messages) == ("pending", [])


def test_wait_over_time_asks_whether_the_word_was_lost():
    world = World()
    world.hub.known = HandledMessage(status="handled", outcome="answered", replies=[stored(uuid4())])
    assert world.wait().outcome == "answered"


def test_a_repeated_wait_finds_what_was_answered_before():
    world = World(seen=True)
    world.hub.known = HandledMessage(status="handled", outcome="answered", replies=[stored(uuid4(), "antes")])
    got = world.wait(seconds=30, key="k")
    assert [one.text for one in got.messages] == ["antes"]


def test_a_message_that_waits_with_a_notice_is_deferred():
    world = World(seen=True)
    world.hub.known = HandledMessage(status="pending", replies=[stored(uuid4(), "luego")])
    assert world.wait(seconds=30, key="k").outcome == "deferred"


def test_a_hub_that_is_away_does_not_break_the_wait():
    world = World()
    world.hub.away = True
    assert world.wait().outcome == "pending"


def test_places_count_in_the_conversation_that_the_reader_knows():
    world = World()
    read = world.chat.history
    asyncio.run(read(VISITOR, 7))
    world.hub.newer = newer = uuid7()
    asyncio.run(read(VISITOR, 7))
    asyncio.run(read(VISITOR, 7, newer))
    asyncio.run(read(VISITOR, 7, uuid7()))
    assert world.hub.asked == [(VISITOR.conversation_id, 7), (newer, 0), (newer, 7), (newer, 0)]


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AGENT, Role.VIEWER])
def test_officials_tokens_open_no_chat(role, make_token, key_pair):
    from munbot_common.auth import TokenVerifier

    principal: Principal = TokenVerifier(key_pair[1]).verify(make_token(role.value))
    with pytest.raises(VisitorOnly):
        Visitor.of(principal)
