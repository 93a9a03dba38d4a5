"""Take what a citizen thinks of an answer to conversations. It is no message: nothing goes over the broker."""

from typing import Protocol
from uuid import UUID

from munbot_common.client import ServiceAway
from munbot_common.problems import Problem

from munbot_web.chat.guard import Guard
from munbot_web.chat.hub import Hub
from munbot_web.chat.problems import HubAway, TooFast
from munbot_web.chat.schemas import FeedbackRequest
from munbot_web.chat.service import Visitor
from munbot_web.metrics import FEEDBACK
from munbot_web.texts import say


class RatingRoom(Protocol):
    """Where the citizen's other tabs hear of a rating."""

    async def rated(self, visitor: Visitor, message_id: UUID, value: str, *, skip: str | None) -> None:
        """Show it there, too."""
        ...


class FeedbackService:
    """Rates messages of a citizen's own conversation."""

    def __init__(self, *, hub: Hub, guard: Guard, room: RatingRoom) -> None:
        self._hub = hub
        self._guard = guard
        self._room = room

    async def rate(
        self,
        visitor: Visitor,
        message_id: UUID,
        wish: FeedbackRequest,
        *,
        conversation_id: UUID | None = None,
        sid: str | None = None,
    ) -> None:
        """Store a rating; the same or another one may follow at any time.

        Args:
            visitor: who rates.
            message_id: an answer of the bot in their conversation.
            wish: what they say.
            conversation_id: the conversation that they see; the present one of their address, if not given.
            sid: their socket, which shows it already.

        Raises:
            TooFast: more than a person presses.
            NotFound, Conflict: no such answer in their conversation; the message is none.
            HubAway: it could not be stored, and may be sent again.
        """
        verdict = await self._guard.look(visitor.conversation_id, message_id, None)
        if verdict.retry_after is not None:
            raise TooFast(
                say("too_fast", seconds=verdict.retry_after), headers={"Retry-After": str(verdict.retry_after)}
            )
        try:
            place = conversation_id or await self._hub.current(visitor.tenant, visitor.conversation_id)
            await self._hub.rate(visitor.tenant, place, message_id, wish)
        except ServiceAway as error:
            FEEDBACK.labels(wish.value, HubAway.code).inc()
            raise HubAway(say("feedback_away"), headers={"Retry-After": "2"}) from error
        except Problem as problem:
            FEEDBACK.labels(wish.value, problem.code).inc()
            raise
        FEEDBACK.labels(wish.value, "stored").inc()
        await self._room.rated(visitor, message_id, wish.value, skip=sid)
