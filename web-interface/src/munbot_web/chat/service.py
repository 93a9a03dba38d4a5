"""Take a citizen's message, and find the replies to it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, Protocol
from uuid import UUID

from munbot_common.auth import Principal, Role
from munbot_common.client import ServiceAway
from munbot_common.clock import Clock, utc_now
from munbot_common.ids import uuid7
from munbot_common.logs import correlation_id, get_logger
from munbot_common.messaging import BrokerUnavailable, OutgoingMessage
from munbot_common.problems import Problem

from munbot_web.chat import events
from munbot_web.chat.guard import Guard
from munbot_web.chat.hub import HandledMessage, Hub
from munbot_web.chat.problems import HubAway, KeyReused, TooFast, VisitorOnly
from munbot_web.chat.replies import Replies, Waiter
from munbot_web.chat.rules import body_hash, check_key, check_payload, clean_text, message_id_for
from munbot_web.chat.schemas import HistoryMessage, OutboundBubble, RepliesResponse
from munbot_web.metrics import MESSAGES_IN, WAITS
from munbot_web.texts import say

log = get_logger("chat")

CONFIRM_SECONDS = 5.0
Outcome = Literal["answered", "silenced", "deferred", "pending"]

Publish = Callable[[OutgoingMessage], Awaitable[None]]
"""Returns when the broker has confirmed; raises BrokerUnavailable."""


class Room(Protocol):
    """Where the sockets of one citizen hear of their conversation."""

    async def typing(self, visitor: "Visitor", *, on: bool) -> None:
        """Show or hide the sign that the office is writing."""
        ...

    async def user_message(self, visitor: "Visitor", message: "Accepted", *, skip: str | None) -> None:
        """Tell the citizen's other tabs what was written in this one."""
        ...


@dataclass(frozen=True, slots=True)
class Visitor:
    """A citizen with a token for one conversation, and for what follows it at the same address."""

    tenant: str
    conversation_id: UUID
    address: str

    @classmethod
    def of(cls, principal: Principal) -> "Visitor":
        """Return the visitor that a token speaks for.

        Raises:
            VisitorOnly: the token is of another kind.
        """
        if principal.role is not Role.VISITOR or principal.conversation_id is None:
            raise VisitorOnly(say("visitor_only"))
        return cls(principal.tenant, principal.conversation_id, principal.subject)


@dataclass(frozen=True, slots=True)
class Accepted:
    """A message that the broker holds."""

    message_id: UUID
    conversation_id: UUID
    text: str
    key: str | None
    at: str
    seen: bool | None


class ChatService:
    """The channel's few decisions; sockets and HTTP are two thin entrances to it."""

    def __init__(
        self,
        *,
        publish: Publish,
        hub: Hub,
        guard: Guard,
        replies: Replies,
        room: Room,
        max_text: int,
        clock: Clock = utc_now,
    ) -> None:
        self._publish = publish
        self._hub = hub
        self._guard = guard
        self._replies = replies
        self._room = room
        self._max_text = max_text
        self._clock = clock

    async def accept(
        self,
        visitor: Visitor,
        text: str,
        *,
        via: str,
        payload: str | None = None,
        key: str | None = None,
        sid: str | None = None,
        message_id: UUID | None = None,
    ) -> Accepted:
        """Hand a message on, and return when the broker has it for sure.

        Args:
            visitor: who writes.
            text: as typed.
            via: entrance, for the metrics.
            payload: of the pressed button.
            key: the client's own id of this message; the same key has one effect, however often it comes.
            sid: the writer's socket, which knows already what it wrote.
            message_id: when it had to be known before; otherwise made of the key.

        Raises:
            MessageEmpty, MessageTooLong, PayloadInvalid, KeyInvalid, KeyReused, TooFast: what the citizen can mend.
            HubAway: the broker did not take it; the same message may be sent again.
        """
        try:
            accepted = await self._accept(visitor, text, payload, check_key(key), message_id)
        except Problem as problem:
            MESSAGES_IN.labels(via, problem.code).inc()
            raise
        MESSAGES_IN.labels(via, "accepted").inc()
        if not accepted.seen:
            await self._room.user_message(visitor, accepted, skip=sid)
        return accepted

    async def accept_and_wait(
        self, visitor: Visitor, text: str, *, seconds: float, payload: str | None = None, key: str | None = None
    ) -> RepliesResponse:
        """Hand a message on and return the replies to it, or what there is of them after `seconds`.

        A message left to a person ends the wait at once, with nothing; one kept for later gives its notice.
        """
        deadline = asyncio.get_running_loop().time() + seconds
        message_id = message_id_for(visitor.conversation_id, check_key(key))
        with self._replies.waiting(message_id) as waiter:
            accepted = await self.accept(visitor, text, via="http", payload=payload, key=key, message_id=message_id)
            # What was handled before we began to listen is not told again: ask.
            earlier = None if accepted.seen is False else await self._look_up(visitor, message_id)
            if earlier is None:
                try:
                    await asyncio.wait_for(waiter.done.wait(), deadline - asyncio.get_running_loop().time())
                except TimeoutError:
                    earlier = await self._look_up(visitor, message_id)
            outcome, messages = earlier or _result(waiter)
            place = waiter.handled.conversation_id if waiter.handled else visitor.conversation_id
        WAITS.labels(outcome).inc()
        return RepliesResponse(message_id=message_id, conversation_id=place, outcome=outcome, messages=messages)

    async def history(
        self, visitor: Visitor, after_seq: int, counted_in: UUID | None = None
    ) -> tuple[UUID, list[HistoryMessage]]:
        """Return the visitor's own conversation of now, after a place.

        Args:
            visitor: who reads.
            after_seq: a place in `counted_in`; it means nothing in a conversation that has followed that one.
            counted_in: the conversation that the reader knows; the token's if not given.
        """
        current = await self._hub.current(visitor.tenant, visitor.conversation_id)
        start = after_seq if current == (counted_in or visitor.conversation_id) else 0
        return current, await self._hub.history(visitor.tenant, current, start)

    async def _accept(
        self, visitor: Visitor, raw: str, payload: str | None, key: str | None, message_id: UUID | None
    ) -> Accepted:
        text = clean_text(raw, limit=self._max_text)
        payload = check_payload(payload)
        message_id = message_id or message_id_for(visitor.conversation_id, key)
        verdict = await self._guard.look(
            visitor.conversation_id, message_id, body_hash(text, payload) if key is not None else None
        )
        if verdict.retry_after is not None:
            raise TooFast(
                say("too_fast", seconds=verdict.retry_after), headers={"Retry-After": str(verdict.retry_after)}
            )
        if verdict.reused:
            raise KeyReused(say("key_reused"))
        at = self._clock()
        outgoing = events.received(
            tenant=visitor.tenant,
            conversation_id=visitor.conversation_id,
            address=visitor.address,
            message_id=message_id,
            text=text,
            payload=payload,
            at=at,
            correlation=correlation_id.get() or str(uuid7()),
        )
        # Before it leaves: an answer can be quicker than our way back from the broker, and it takes the sign away.
        if not verdict.seen:
            await self._room.typing(visitor, on=True)
        try:
            await asyncio.wait_for(self._publish(outgoing), CONFIRM_SECONDS)
        except (BrokerUnavailable, TimeoutError) as error:
            await self._room.typing(visitor, on=False)
            log.error("message_not_taken", reason=repr(error))
            raise HubAway(say("hub_away"), headers={"Retry-After": "2"}) from error
        return Accepted(message_id, visitor.conversation_id, text, key, at.isoformat(), verdict.seen)

    async def _look_up(self, visitor: Visitor, message_id: UUID) -> tuple[Outcome, list[OutboundBubble]] | None:
        try:
            handled = await self._hub.handled(visitor.tenant, message_id)
        except (ServiceAway, Problem) as error:
            log.warning("replies_not_found", kind=type(error).__name__)
            return None
        if handled is None or (handled.status == "pending" and not handled.replies):
            return None
        return _outcome(handled), [bubble_of_history(reply) for reply in handled.replies]


def bubble_of_history(message: HistoryMessage) -> OutboundBubble:
    """Return an outbound message of the history as a bubble."""
    return OutboundBubble.model_validate(message.model_dump(exclude={"direction"}))


def _result(waiter: Waiter) -> tuple[Outcome, list[OutboundBubble]]:
    outcome = waiter.handled.outcome if waiter.handled else "pending"
    return ("answered" if outcome == "joined" else outcome), waiter.in_order()  # nothing is joined in the web chat


def _outcome(handled: HandledMessage) -> Outcome:
    if handled.outcome == "silenced":
        return "silenced"
    if handled.outcome == "deferred" or handled.status == "pending":
        return "deferred"
    return "answered"
