"""What a citizen says of an answer: stored before it is acknowledged, and shown in their other tabs."""

import asyncio
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
from munbot_common.client import ServiceAway
from munbot_common.ids import uuid7
from munbot_common.problems import NotFound
from munbot_web.chat.feedback import FeedbackService
from munbot_web.chat.guard import Verdict
from munbot_web.chat.problems import HubAway, TooFast
from munbot_web.chat.schemas import FeedbackRequest
from munbot_web.chat.service import Visitor

VISITOR = Visitor("valle-claro", uuid7(), "una-direccion")
NEWER = uuid7()


@dataclass
class World:
    """Guard, hub and room of a rating."""

    verdict: Verdict = field(default_factory=Verdict)
    error: Exception | None = None
    stored: list = field(default_factory=list)
    shown: list = field(default_factory=list)

    async def look(self, conversation_id, message_id, body):
        return self.verdict

    async def current(self, tenant, conversation_id):
        return NEWER

    async def rate(self, tenant, conversation_id, message_id, wish):
        if self.error:
            raise self.error
        self.stored.append((tenant, conversation_id, message_id, wish.value))

    async def rated(self, visitor, message_id, value, *, skip):
        self.shown.append((message_id, value, skip))

    def press(self, message, **more):
        service = FeedbackService(hub=self, guard=self, room=self)
        asyncio.run(service.rate(VISITOR, message, FeedbackRequest(value="up"), **more))


def test_it_is_stored_where_the_citizen_sees_it_and_shown_in_other_tabs():
    world, message, place = World(), uuid4(), uuid7()
    world.press(message, conversation_id=place, sid="s1")
    assert world.stored == [("valle-claro", place, message, "up")]
    assert world.shown == [(message, "up", "s1")]


def test_without_a_place_it_is_the_conversation_of_now():
    world = World()
    world.press(uuid4())
    assert world.stored[0][1] == NEWER


@pytest.mark.parametrize(
    ("world", "kind"),
    [
        (World(verdict=Verdict(retry_after=3)), TooFast),
        (World(error=ServiceAway("down")), HubAway),
        (World(error=NotFound()), NotFound),
    ],
)
def test_what_was_not_stored_is_not_shown(world, kind):
    with pytest.raises(kind):
        world.press(uuid4())
    assert world.shown == []
