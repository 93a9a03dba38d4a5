"""The data lake's HTTP application."""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI
from munbot_common.app import create_service_app
from munbot_common.audit import AuditBook
from munbot_common.auth import TokenVerifier
from munbot_common.client import ServiceClient
from munbot_common.clock import Clock, utc_now
from munbot_common.database import check_database, make_engine, make_session_factory
from munbot_common.privacy_routes import router as privacy_router

from munbot_datalake.archive.pseudonyms import Pseudonyms
from munbot_datalake.diskcache import DiskCache
from munbot_datalake.images.routes import router as images_router
from munbot_datalake.images.service import Images
from munbot_datalake.imports.routes import router as imports_router
from munbot_datalake.imports.service import Imports
from munbot_datalake.privacy.service import PersonalData
from munbot_datalake.questions.engine import Limits, Questions
from munbot_datalake.questions.routes import router as questions_router
from munbot_datalake.questions.sources import Sources
from munbot_datalake.settings import ApiSettings
from munbot_datalake.store import make_client


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
        app.state.store = make_client(settings)
        files = DiskCache(settings.cache_dir / "archive", settings.cache_mb * 1024 * 1024)
        sources = Sources(app.state.session_factory, app.state.store, settings.lake_bucket, files)
        limits = Limits(memory_mb=settings.question_memory_mb, seconds=settings.question_seconds)
        app.state.questions = Questions(sources, limits)
        results = DiskCache(settings.cache_dir / "images", settings.cache_mb * 256 * 1024)
        app.state.images = Images(app.state.session_factory, app.state.store, settings.images_bucket, results)
        app.state.privacy = PersonalData(
            app.state.session_factory,
            app.state.store,
            settings.lake_bucket,
            cache=files,
            pseudonyms=Pseudonyms(settings.pseudonym_key.get_secret_value()),
        )
        token = settings.service_token.get_secret_value() if settings.service_token else None
        conversations = ServiceClient(settings.conversations_url, token=token)
        app.state.audit = AuditBook(conversations)
        app.state.imports = Imports(
            app.state.session_factory,
            ServiceClient(settings.complaints_url, token=token, timeout=15),
            ServiceClient(settings.scheduler_url, token=token, timeout=15),
            app.state.audit,
        )
        app.state.checks["database"] = partial(check_database, engine)
        app.state.checks["store"] = partial(app.state.store.bucket_exists, settings.lake_bucket)
        stop = threading.Event()
        ahead = threading.Thread(target=sources.keep_ahead, args=(stop,), name="fetch-ahead", daemon=True)
        ahead.start()
        yield
        stop.set()
        ahead.join(10)
        app.state.imports.close()
        conversations.close()
        engine.dispose()

    app = create_service_app(settings, title="Munbot data lake", lifespan=lifespan)
    app.include_router(questions_router)
    app.include_router(images_router)
    app.include_router(imports_router)
    app.include_router(privacy_router)
    return app
