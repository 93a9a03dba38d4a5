"""The FastAPI application that every service starts from: problems, correlation ids, logs, metrics and health."""

import re
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import Depends, FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import DataError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from munbot_common.client import CORRELATION_HEADER, ServiceAway
from munbot_common.ids import uuid7
from munbot_common.logs import correlation_id, get_logger
from munbot_common.messaging import BrokerUnavailable
from munbot_common.metrics import HTTP_SECONDS
from munbot_common.problems import (
    MEDIA_TYPE,
    PROBLEM_REF,
    Problem,
    ProblemBody,
    Unavailable,
    Unprocessable,
    problem_body,
)
from munbot_common.settings import ServiceSettings
from munbot_common.validation import field_errors

log = get_logger("http")

Check = Callable[[], object]
"""Asks one dependency whether it works; raises when not."""

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]

_CORRELATION = re.compile(r"^[A-Za-z0-9._:-]{8,128}$")
_QUIET = frozenset({"/livez", "/readyz", "/metrics"})


class InvalidCharacter(Unprocessable):
    """Text with a NUL character, which no database can store."""

    code = "invalid_character"
    title = "El texto contiene caracteres no permitidos"


def create_service_app(
    settings: ServiceSettings,
    *,
    title: str,
    lifespan: Lifespan,
    checks: Mapping[str, Check] | None = None,
    version: str = "1",
) -> FastAPI:
    """Return an application with everything that our services have in common.

    Args:
        settings: the service's settings; kept as `app.state.settings`.
        title: for the OpenAPI document.
        lifespan: builds what the service needs and puts it on `app.state`.
        checks: what /readyz asks, by name. More may be added to `app.state.checks` in the lifespan.
        version: for the OpenAPI document.
    """
    app = FastAPI(
        title=title,
        version=version,
        lifespan=lifespan,
        dependencies=[Depends(_reject_nul)],
        docs_url="/docs" if settings.is_demo else None,
        redoc_url=None,
        responses={
            "4XX": {"description": "Problem (RFC 9457)", "content": {MEDIA_TYPE: {"schema": {"$ref": PROBLEM_REF}}}}
        },
    )
    app.state.settings = settings
    app.state.checks = dict(checks or {})
    app.add_middleware(RequestContext)
    _handle_problems(app)
    _describe_problems(app)
    _add_health(app)
    return app


def _describe_problems(app: FastAPI) -> None:
    """Put the problem document into the OpenAPI components, once, where every route's responses refer to it."""
    describe = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = ProblemBody.model_json_schema(ref_template="#/components/schemas/{model}")
            shared = {**schema.pop("$defs", {}), ProblemBody.__name__: schema}
            describe().setdefault("components", {}).setdefault("schemas", {}).update(shared)
        return describe()

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to extend the document


async def _reject_nul(request: Request) -> None:
    url = request.scope.get("raw_path", b"") + b"?" + request.scope.get("query_string", b"")
    if b"%00" in url:
        raise InvalidCharacter
    if request.headers.get("content-type", "").lower().startswith("multipart/"):
        return  # files are read piece by piece by their route, and never as a whole here
    if b"\\u0000" in await request.body():
        raise InvalidCharacter


class RequestContext:
    """ASGI middleware: gives each request a correlation id, a log line and a measurement."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = next((v.decode("latin-1") for k, v in scope["headers"] if k == b"x-correlation-id"), "")
        value = given if _CORRELATION.match(given) else str(uuid7())
        token = correlation_id.set(value)
        started = time.perf_counter()
        status = 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (CORRELATION_HEADER.lower().encode(), value.encode())]
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        finally:
            self._note(scope, status, time.perf_counter() - started)
            correlation_id.reset(token)

    @staticmethod
    def _note(scope: Scope, status: int, seconds: float) -> None:
        path = getattr(scope.get("route"), "path", "unmatched")
        if path in _QUIET:
            return
        HTTP_SECONDS.labels(scope["method"], path, str(status)).observe(seconds)
        log.info("request", method=scope["method"], route=path, status=status, ms=round(seconds * 1000, 1))


def _respond(request: Request, problem: Problem) -> Response:
    body = problem_body(problem, instance=request.url.path, correlation_id=correlation_id.get())
    return JSONResponse(body, status_code=problem.status, media_type=MEDIA_TYPE, headers=problem.headers)


def _of_status(status: int, detail: str) -> Problem:
    known = {kind.status: kind for kind in Problem.__subclasses__()}
    if status in known:
        return known[status](headers=None)
    problem = Problem(detail)
    problem.status = status  # type: ignore[misc]  # an instance's own status, for what the framework raises
    problem.code = f"http_{status}"  # type: ignore[misc]
    problem.title = detail  # type: ignore[misc]
    return problem


def _handle_problems(app: FastAPI) -> None:
    @app.exception_handler(Problem)
    async def known(request: Request, error: Problem) -> Response:
        return _respond(request, error)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        errors = field_errors(error.errors())
        problem = Unprocessable("; ".join(dict.fromkeys(item["detail"] for item in errors)), errors=errors)
        codes = {item["code"] for item in errors}
        if len(codes) == 1 and (code := codes.pop()).endswith(("_invalid", "_unknown", "_short", "_long", "_empty")):
            problem.code = code  # type: ignore[misc]
        return _respond(request, problem)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        problem = _of_status(error.status_code, str(error.detail))
        problem.headers = dict(error.headers or {})
        return _respond(request, problem)

    @app.exception_handler(DataError)
    async def data(request: Request, error: DataError) -> Response:
        log.warning("value_refused_by_database", kind=type(error.orig).__name__)
        return _respond(request, Unprocessable("Un valor está fuera de lo permitido"))

    async def away(request: Request, error: Exception) -> Response:
        log.error("dependency_away", kind=type(error).__name__)
        return _respond(request, Unavailable(headers={"Retry-After": "2"}))

    for kind in (OperationalError, InterfaceError, PoolTimeoutError, BrokerUnavailable, ServiceAway):
        app.add_exception_handler(kind, away)

    @app.exception_handler(Exception)
    async def unknown(request: Request, error: Exception) -> Response:
        log.error("unhandled", exc_info=error)
        return _respond(request, Problem("Ocurrió un error inesperado. Ya quedó registrado."))


def _add_health(app: FastAPI) -> None:
    @app.get("/livez", include_in_schema=False)
    async def livez() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz", include_in_schema=False)
    async def readyz() -> Response:
        results: dict[str, str] = {}
        for name, check in app.state.checks.items():
            try:
                await run_in_threadpool(check)
                results[name] = "ok"
            except Exception as error:  # noqa: BLE001 - any failure means "not ready"
                results[name] = type(error).__name__
        ready = all(value == "ok" for value in results.values())
        body: dict[str, Any] = {"status": "ok" if ready else "unavailable", "checks": results}
        return JSONResponse(body, status_code=200 if ready else 503)

    @app.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
