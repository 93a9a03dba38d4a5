"""Rasa's REST channel, honest about turns that could not be finished."""

from __future__ import annotations

import logging
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


class StrictRestInput(RestInput):
    """Answer 503 when a turn failed, where Rasa's own channel logs the error and answers 200 with what it has so far.

    The caller (conversations) then keeps the message and asks again. Path and bodies are those of Rasa's `rest`
    channel: POST /webhooks/rest/webhook {sender, message, metadata} → [{recipient_id, text, buttons?, ...}].
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

        return webhook


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
