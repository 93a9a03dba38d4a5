"""The gateway's model routes alone, for benchmarks/models.py: its settings, and BENCH_PUBLIC_KEY for tokens."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from types import SimpleNamespace

import uvicorn
from fastapi import FastAPI
from munbot_common.app import create_service_app
from munbot_common.auth import TokenVerifier
from munbot_common.logs import configure_logging
from munbot_common.worker import uvicorn_config
from munbot_llm.models import routes
from munbot_llm.models.service import ModelService, build_model
from munbot_llm.settings import ModelSettings


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: ModelSettings = app.state.settings
    service = ModelService(build_model(settings), deadline_seconds=settings.llm_deadline_seconds)
    app.state.token_verifier = TokenVerifier(os.environ["BENCH_PUBLIC_KEY"])
    app.state.services = SimpleNamespace(models=service)
    await service.start()
    yield
    await service.close()


if __name__ == "__main__":
    given = ModelSettings()
    configure_logging("bench", "INFO")  # as in life: every request writes its line
    application = create_service_app(given, title="bench", lifespan=_lifespan)
    application.include_router(routes.router)
    asyncio.run(uvicorn.Server(uvicorn_config(application, given)).serve())
