"""The action server: Rasa asks, the brain answers."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from munbot_common.app import create_service_app
from munbot_common.client import ServiceClient
from munbot_common.logs import correlation_id, get_logger

from munbot_actions.dialogue.brain import ACTIONS, Brain
from munbot_actions.dialogue.reply import Texts
from munbot_actions.dialogue.talk import Services
from munbot_actions.protocol import ActionRejectedError, read_turn
from munbot_actions.services.complaints import Complaints
from munbot_actions.services.conversations import Conversations
from munbot_actions.services.knowledge import Knowledge
from munbot_actions.services.scheduler import Scheduler
from munbot_actions.settings import ActionsSettings

log = get_logger("actions")


def create_app(settings: ActionsSettings, brain: Brain | None = None) -> FastAPI:
    """Return the action server.

    Args:
        settings: the settings.
        brain: for tests; built from the settings otherwise.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        clients = _clients(settings) if brain is None else {}
        app.state.brain = brain or Brain(_services(clients, settings), Texts.load())
        try:
            yield
        finally:
            for client in clients.values():
                client.close()

    app = create_service_app(settings, title="Munbot: acciones del diálogo", lifespan=lifespan)

    @app.post("/webhook", summary="Run an action (Rasa's protocol)")
    async def webhook(request: Request) -> JSONResponse:
        body = _body(await request.body())
        action = str(body.get("next_action") or "")
        if action not in ACTIONS:
            return JSONResponse({"error": f"no action {action}", "action_name": action}, status_code=404)
        try:
            turn = read_turn(body, default_tenant=settings.default_tenant)
        except ActionRejectedError as error:
            return JSONResponse({"error": str(error), "action_name": action}, status_code=400)
        if turn.message_id:
            correlation_id.set(turn.message_id)
        return JSONResponse(await run_in_threadpool(request.app.state.brain.take, turn))

    @app.get("/health", include_in_schema=False)
    async def health() -> dict[str, str]:
        """Answer Rasa's own health question."""
        return {"status": "ok"}

    return app


def _body(raw: bytes) -> dict[str, Any]:
    try:
        body = json.loads(raw)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _clients(settings: ActionsSettings) -> dict[str, ServiceClient]:
    token = settings.service_token.get_secret_value()
    urls = {
        "scheduler": settings.scheduler_url,
        "complaints": settings.complaints_url,
        "conversations": settings.conversations_url,
    }
    clients = {
        name: ServiceClient(url, token=token, timeout=settings.service_timeout_seconds, attempts=2)
        for name, url in urls.items()
    }
    if settings.llm_gateway_url:
        timeout = settings.llm_timeout_seconds
        clients["knowledge"] = ServiceClient(settings.llm_gateway_url, token=token, timeout=timeout, attempts=1)
    return clients


def _services(clients: Mapping[str, ServiceClient], settings: ActionsSettings) -> Services:
    seconds = settings.catalogue_seconds
    return Services(
        Scheduler(clients["scheduler"], seconds),
        Complaints(clients["complaints"], seconds),
        Conversations(clients["conversations"], seconds),
        Knowledge(clients.get("knowledge")),
    )
