"""The bridge's HTTP application: webhooks for the providers, and the API for our own people and services."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from munbot_common.app import create_service_app
from munbot_common.auth import TokenVerifier
from munbot_common.clock import Clock, utc_now
from munbot_common.database import check_database, make_engine, make_session_factory
from munbot_common.messaging import Publisher
from munbot_common.privacy_routes import router as privacy
from redis.asyncio import Redis

from munbot_whatsapp.accounts.book import AccountBook
from munbot_whatsapp.accounts.routes import router as accounts
from munbot_whatsapp.accounts.vault import Vault
from munbot_whatsapp.flows.routes import router as flows
from munbot_whatsapp.inbound.seen import Seen
from munbot_whatsapp.privacy.service import PersonalData
from munbot_whatsapp.providers import registry
from munbot_whatsapp.settings import ApiSettings
from munbot_whatsapp.webhooks.routes import router as webhooks
from munbot_whatsapp.webhooks.service import Webhooks

BROKER_WAIT_SECONDS = 5.0
REDIS_SECONDS = 0.25


def create_app(settings: ApiSettings, clock: Clock = utc_now) -> FastAPI:
    """Return the application; it opens nothing before it is started.

    Args:
        settings: from the environment.
        clock: for tests.
    """
    vault = Vault(settings.whatsapp_key.get_secret_value())

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        engine = make_engine(settings)
        publisher = Publisher(settings.amqp_url(), name=settings.service_name).start()
        redis = Redis.from_url(settings.redis_dsn(), socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS)
        app.state.clock = clock
        app.state.session_factory = factory = make_session_factory(engine)
        app.state.token_verifier = TokenVerifier(settings.jwt_public_key)
        app.state.privacy = PersonalData(factory)
        app.state.vault = vault
        app.state.book = book = AccountBook(factory, vault)
        app.state.provider = provider = partial(registry.get, timeout=settings.whatsapp_timeout_seconds)
        app.state.webhooks = Webhooks(
            book=book,
            session_factory=factory,
            publisher=publisher,
            seen=Seen(redis, keep_seconds=settings.webhook_replay_seconds),
            provider=provider,
        )
        app.state.checks.update(database=partial(check_database, engine), broker=publisher.check)
        await run_in_threadpool(publisher.wait_ready, BROKER_WAIT_SECONDS)
        yield
        await run_in_threadpool(publisher.close)
        await redis.aclose()
        engine.dispose()

    app = create_service_app(settings, title="Munbot whatsapp", lifespan=lifespan)
    app.include_router(accounts)
    app.include_router(flows)
    app.include_router(privacy)
    # Not included: the application's own dependencies read a body as a whole before a route can refuse it, and refuse
    # characters that a citizen may well send.
    app.router.routes.extend(webhooks.routes)
    return app
