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
from pymongo.errors import PyMongoError
from urllib3.exceptions import HTTPError

from munbot_complaints import mongo
from munbot_complaints.attachments import routes as attachment_routes
from munbot_complaints.attachments.storage import ObjectStore
from munbot_complaints.categories import routes as category_routes
from munbot_complaints.complaints import routes as complaint_routes
from munbot_complaints.deadlines import routes as calendar_routes
from munbot_complaints.dependencies import Limits, build_services
from munbot_complaints.maps import routes as map_routes
from munbot_complaints.numbers import routes as number_routes
from munbot_complaints.settings import ApiSettings
from munbot_complaints.tracking import routes as tracking_routes

log = get_logger("complaints.app")


def create_app(settings: ApiSettings, clock: Clock = utc_now) -> FastAPI:
    """Return the application; connections are made when it starts.

    Args:
        settings: where everything is.
        clock: the time of day, for tests.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        client = mongo.connect(settings, pool_size=settings.mongo_pool_size)
        database = mongo.open_database(client, settings)
        store = ObjectStore(settings)
        limits = Limits(
            attachment_max_bytes=settings.attachment_max_bytes,
            attachment_url_minutes=settings.attachment_url_minutes,
            tracking_attempts=settings.tracking_attempts,
            tracking_window_minutes=settings.tracking_window_minutes,
        )
        app.state.token_verifier = TokenVerifier(settings.jwt_public_key)
        app.state.services = build_services(database, store, clock, limits)
        app.state.checks |= {"mongo": lambda: mongo.ping(database), "object_store": store.check}
        yield
        client.close()

    app = create_service_app(settings, title="Munbot complaints-api", lifespan=lifespan)
    for routes in (
        complaint_routes,
        tracking_routes,
        attachment_routes,
        category_routes,
        calendar_routes,
        number_routes,
        map_routes,
    ):
        app.include_router(routes.router)

    async def away(request: Request, error: Exception) -> Response:
        log.error("store_away", kind=type(error).__name__)
        problem = Unavailable(headers={"Retry-After": "2"})
        body = problem_body(problem, instance=request.url.path, correlation_id=correlation_id.get())
        return JSONResponse(body, status_code=problem.status, media_type=MEDIA_TYPE, headers=problem.headers)

    for kind in (PyMongoError, MinioException, HTTPError):
        app.add_exception_handler(kind, away)
    return app
