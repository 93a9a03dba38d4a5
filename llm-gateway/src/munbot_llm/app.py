"""The HTTP application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from munbot_common.app import create_service_app
from munbot_common.auth import TokenVerifier

from munbot_llm.dependencies import build_services
from munbot_llm.settings import ApiSettings


def create_app(settings: ApiSettings) -> FastAPI:
    """Return the application; models are loaded and processes started when it starts."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.token_verifier = TokenVerifier(settings.jwt_public_key)
        app.state.services = build_services(settings)
        yield

    return create_service_app(settings, title="Munbot llm-gateway", lifespan=lifespan)
