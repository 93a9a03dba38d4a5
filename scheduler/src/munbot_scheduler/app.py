"""The scheduler's HTTP application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI
from munbot_common.app import create_service_app
from munbot_common.auth import TokenVerifier
from munbot_common.clock import Clock, utc_now
from munbot_common.database import check_database, make_engine, make_session_factory
from munbot_common.privacy_routes import router as privacy_router

from munbot_scheduler.appointments.page_routes import router as page_router
from munbot_scheduler.appointments.public_routes import router as public_router
from munbot_scheduler.appointments.reading_routes import router as reading_router
from munbot_scheduler.appointments.routes import router as appointments_router
from munbot_scheduler.availability.admin_routes import router as hours_router
from munbot_scheduler.availability.agenda import AgendaCache
from munbot_scheduler.availability.day_routes import router as days_router
from munbot_scheduler.availability.routes import router as slots_router
from munbot_scheduler.catalogue.routes import router as catalogue_router
from munbot_scheduler.numbers.routes import router as numbers_router
from munbot_scheduler.privacy.service import PersonalData
from munbot_scheduler.settings import ApiSettings


def create_app(settings: ApiSettings, clock: Clock = utc_now) -> FastAPI:
    """Return the application; it opens nothing before it is started.

    Args:
        settings: from the environment.
        clock: for tests.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        engine = make_engine(settings)
        app.state.session_factory = make_session_factory(engine)
        app.state.token_verifier = TokenVerifier(settings.jwt_public_key)
        app.state.clock = clock
        app.state.agendas = AgendaCache()
        app.state.privacy = PersonalData(app.state.session_factory, clock)
        app.state.checks["database"] = partial(check_database, engine)
        yield
        engine.dispose()

    app = create_service_app(settings, title="Munbot scheduler", lifespan=lifespan)
    for router in (
        catalogue_router,
        hours_router,
        days_router,
        slots_router,
        appointments_router,
        reading_router,
        public_router,
        page_router,
        numbers_router,
        privacy_router,
    ):
        app.include_router(router)
    return app
