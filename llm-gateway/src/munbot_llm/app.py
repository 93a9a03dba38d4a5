"""The HTTP application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from minio.error import MinioException
from munbot_common.app import create_service_app
from munbot_common.auth import TokenVerifier
from munbot_common.clock import Clock, utc_now
from munbot_common.logs import correlation_id, get_logger
from munbot_common.problems import MEDIA_TYPE, Unavailable, problem_body
from urllib3.exceptions import HTTPError

from munbot_llm import status
from munbot_llm.answers import routes as answer_routes
from munbot_llm.categories import routes as category_routes
from munbot_llm.dependencies import build_services
from munbot_llm.knowledge import pair_routes
from munbot_llm.knowledge import routes as knowledge_routes
from munbot_llm.models import routes as model_routes
from munbot_llm.settings import ApiSettings
from munbot_llm.voice import routes as voice_routes

log = get_logger("llm.app")


def create_app(settings: ApiSettings, clock: Clock = utc_now) -> FastAPI:
    """Return the application; models are loaded and processes started when it starts.

    Args:
        settings: where everything is.
        clock: the time of day, for tests.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        services = build_services(settings, clock)
        app.state.token_verifier = TokenVerifier(settings.jwt_public_key)
        app.state.services = services
        app.state.checks["knowledge"] = services.book.check
        services.start()
        await services.models.start()
        await services.voice.start()
        yield
        await services.models.close()
        await services.voice.close()
        services.close()

    app = create_service_app(settings, title="Munbot llm-gateway", lifespan=lifespan)
    for router in (
        answer_routes.router,
        pair_routes.router,
        knowledge_routes.router,
        model_routes.router,
        voice_routes.router,
        category_routes.router,
        status.router,
    ):
        app.include_router(router)

    async def away(request: Request, error: Exception) -> Response:
        log.error("store_away", kind=type(error).__name__)
        problem = Unavailable(headers={"Retry-After": "2"})
        body = problem_body(problem, instance=request.url.path, correlation_id=correlation_id.get())
        return JSONResponse(body, status_code=problem.status, media_type=MEDIA_TYPE, headers=problem.headers)

    for kind in (MinioException, HTTPError):
        app.add_exception_handler(kind, away)
    return app
