"""The HTTP application: Meta's side for the bridge, the telephones for the page and for tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from munbot_common.app import create_service_app
from munbot_common.clock import Clock, utc_now

from munbot_simulator.accounts import read_accounts
from munbot_simulator.dependencies import Services
from munbot_simulator.faults import routes as fault_routes
from munbot_simulator.faults.board import FaultBoard
from munbot_simulator.graph import routes as graph_routes
from munbot_simulator.graph.errors import GraphError
from munbot_simulator.graph.service import GraphService
from munbot_simulator.media.store import MediaStore
from munbot_simulator.phones import routes as phone_routes
from munbot_simulator.phones.service import PhoneService
from munbot_simulator.phones.world import World
from munbot_simulator.settings import Settings
from munbot_simulator.webhooks.courier import Courier


def create_app(
    settings: Settings, *, clock: Clock = utc_now, transport: httpx.AsyncBaseTransport | None = None
) -> FastAPI:
    """Return the application.

    Args:
        settings: of a demo; there are no others.
        clock: the time of day, for tests.
        transport: of the webhooks, for tests.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        timeout, limits = settings.webhook_timeout_seconds, httpx.Limits(max_connections=200, keepalive_expiry=4)
        async with httpx.AsyncClient(transport=transport, timeout=timeout, limits=limits) as http:
            services = _build(settings, clock, http)
            app.state.services = services
            yield
            await services.courier.close()

    app = create_service_app(settings, title="Munbot whatsapp-simulator", lifespan=lifespan)
    app.include_router(phone_routes.router)
    app.include_router(fault_routes.router)
    app.include_router(graph_routes.router)

    @app.exception_handler(GraphError)
    async def refused(_request: Request, error: GraphError) -> Response:
        return JSONResponse(error.body(), status_code=error.status)

    return app


def _build(settings: Settings, clock: Clock, http: httpx.AsyncClient) -> Services:
    secret = settings.simulator_secret.get_secret_value()
    book = read_accounts(settings.demo_seed_dir)
    world = World(max_phones=settings.max_phones, max_messages=settings.max_messages)
    media = MediaStore(max_bytes=settings.max_media_bytes, secret=secret, clock=clock)
    faults = FaultBoard()
    courier = Courier(
        http, base_url=settings.webhook_base_url, secret=secret, faults=faults, max_pending=settings.max_pending
    )
    phones = PhoneService(book=book, world=world, media=media, courier=courier, clock=clock)
    graph = GraphService(book=book, world=world, media=media, faults=faults, phones=phones, clock=clock)
    return Services(secret, book, world, media, faults, courier, phones, graph)
