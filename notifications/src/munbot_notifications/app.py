"""The HTTP application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import APIRouter, FastAPI
from munbot_common.app import create_service_app
from munbot_common.auth import TokenVerifier
from munbot_common.clock import Clock, utc_now
from munbot_common.database import check_database, make_engine, make_session_factory
from munbot_common.privacy_routes import router as privacy

from munbot_notifications.officials import routes as officials
from munbot_notifications.preferences import public_routes as unsubscribing
from munbot_notifications.preferences import routes as preferences
from munbot_notifications.privacy.service import PersonalData
from munbot_notifications.sending import routes as sending
from munbot_notifications.settings import ApiSettings
from munbot_notifications.templates import routes as templates
from munbot_notifications.vault import Vault
from munbot_notifications.webhooks import routes as webhooks

ROUTERS: tuple[APIRouter, ...] = (
    sending.router,
    templates.router,
    preferences.router,
    unsubscribing.router,
    officials.router,
    webhooks.router,
    privacy,
)


def create_app(settings: ApiSettings, clock: Clock = utc_now) -> FastAPI:
    """Return the application; it opens nothing before it is started.

    Args:
        settings: from the environment.
        clock: for tests.
    """
    vault = Vault(settings.notifications_key.get_secret_value())

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        engine = make_engine(settings)
        app.state.clock = clock
        app.state.vault = vault
        app.state.session_factory = make_session_factory(engine)
        app.state.privacy = PersonalData(app.state.session_factory)
        app.state.token_verifier = TokenVerifier(settings.jwt_public_key)
        app.state.checks["database"] = partial(check_database, engine)
        yield
        engine.dispose()

    app = create_service_app(settings, title="Munbot notifications", lifespan=lifespan)
    for router in ROUTERS:
        app.include_router(router)
    return app
