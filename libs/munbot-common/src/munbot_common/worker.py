"""A worker process: threads that run until told to stop, and a small health server beside them."""

import threading
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI

from munbot_common.app import Check, create_service_app
from munbot_common.logs import get_logger
from munbot_common.settings import ServiceSettings

log = get_logger("worker")

Loop = Callable[[threading.Event], None]
"""Works until the event is set."""


def run_worker(
    settings: ServiceSettings,
    loops: Mapping[str, Loop],
    *,
    checks: Mapping[str, Check] | None = None,
    on_stop: Callable[[], None] | None = None,
    stop_seconds: float = 10.0,
) -> int:
    """Run each loop in a thread of its own until SIGTERM or SIGINT; returns the exit code of the process.

    A loop that ends by itself, or by an exception, ends the process with code 1, for the supervisor to start it anew.

    Args:
        settings: host and port of the health server (/livez, /readyz, /metrics).
        loops: by name.
        checks: what /readyz asks.
        on_stop: called when all loops have ended.
        stop_seconds: how long the loops may take to end.
    """
    stop = threading.Event()
    failed = threading.Event()

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        for thread in threads:
            thread.start()
        yield
        stop.set()
        for thread in threads:
            thread.join(stop_seconds)
        if on_stop:
            on_stop()

    app = create_service_app(settings, title=f"{settings.service_name} worker", lifespan=lifespan, checks=checks)
    server = uvicorn.Server(uvicorn_config(app, settings))

    def guard(name: str, loop: Loop) -> None:
        try:
            loop(stop)
        except Exception:
            log.exception("loop_failed", loop=name)
        if not stop.is_set():
            failed.set()
            server.should_exit = True

    threads = [
        threading.Thread(target=guard, args=(name, loop), name=name, daemon=True) for name, loop in loops.items()
    ]
    server.run()
    return 1 if failed.is_set() else 0


def uvicorn_config(app: FastAPI, settings: ServiceSettings) -> uvicorn.Config:
    """Return how all our servers run: our logs, the proxy's headers believed, no server header."""
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips="*",
        timeout_graceful_shutdown=10,
    )


def run_api(app: FastAPI, settings: ServiceSettings) -> None:
    """Serve an application until SIGTERM or SIGINT."""
    uvicorn.Server(uvicorn_config(app, settings)).run()
