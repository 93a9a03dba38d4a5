"""Rasa's REST channel, honest about turns that could not be finished."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.channels.rest import RestInput
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from munbot_rasa.serving.action_calls import TurnAbortedError

logger = logging.getLogger(__name__)

MAX_MESSAGE_CHARACTERS = 20_000
_CONVERSATION = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class StrictRestInput(RestInput):
    """Answer 503 when a turn failed, where Rasa's own channel logs the error and answers 200 with what it has so far.

    The caller (conversations) then keeps the message and asks again. Path and bodies are those of Rasa's `rest`
    channel: POST /webhooks/rest/webhook {sender, message, metadata} → [{recipient_id, text, buttons?, ...}].

    Beside it, what the caller may say of trackers, whose owner it is: POST /webhooks/rest/trackers {conversations,
    forget?, forget_before?} → {events}: how many there are, or how many are gone.
    """

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Build the routes `/` (health) and `/webhook`."""
        webhook = Blueprint("munbot_rest")

        @webhook.route("/", methods=["GET"])
        async def health(_request: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @webhook.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            body = request.json
            problem = _problem_of(body)
            if problem:
                return response.json({"status": "failure", "reason": "BadRequest", "message": problem}, status=400)
            collector = CollectingOutputChannel()
            message = UserMessage(
                body["message"], collector, body["sender"], input_channel=self.name(), metadata=body.get("metadata")
            )
            try:
                await on_new_message(message)
            except (Exception, TurnAbortedError) as error:
                # Nothing of the turn was saved. The text is not logged: it is the citizen's.
                logger.exception("A turn was not finished (%s)", type(error).__name__)
                body = {"status": "failure", "reason": "TurnNotFinished", "message": type(error).__name__}
                return response.json(body, status=503, headers={"Retry-After": "1"})
            return response.json(collector.messages)

        @webhook.route("/trackers", methods=["POST"])
        async def trackers(request: Request) -> HTTPResponse:
            body = request.json
            if problem := _problem_of_wish(body):
                return response.json({"status": "failure", "reason": "BadRequest", "message": problem}, status=400)
            store = request.app.ctx.agent.tracker_store
            gone = store.forget(body["conversations"]) if body.get("forget") else store.kept(body["conversations"])
            if body.get("forget_before") is not None:
                gone += store.forget_before(body["forget_before"])
            return response.json({"events": gone})

        return webhook


def _problem_of_wish(body: Any) -> str | None:
    if not isinstance(body, dict):
        return "The body is not a JSON object"
    names = body.get("conversations")
    if not isinstance(names, list) or not all(isinstance(one, str) and _CONVERSATION.fullmatch(one) for one in names):
        return "conversations is not a list of ids"
    if not isinstance(body.get("forget_before"), int | float | None) or isinstance(body.get("forget_before"), bool):
        return "forget_before is not a number of seconds"
    return None


def _problem_of(body: Any) -> str | None:
    if not isinstance(body, dict):
        return "The body is not a JSON object"
    if not isinstance(body.get("sender"), str) or not body["sender"]:
        return "sender is missing"
    if not isinstance(body.get("message"), str):
        return "message is missing"
    if len(body["message"]) > MAX_MESSAGE_CHARACTERS:
        return f"message is longer than {MAX_MESSAGE_CHARACTERS} characters"
    if not isinstance(body.get("metadata") or {}, dict):
        return "metadata is not an object"
    return None
