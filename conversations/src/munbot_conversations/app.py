"""The REST API, built from its settings; nothing happens at import."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from munbot_common.app import create_service_app
from munbot_common.auth import TokenSigner, TokenVerifier
from munbot_common.client import ServiceClient
from munbot_common.clock import Clock, utc_now
from munbot_common.database import check_database, make_engine, make_session_factory
from munbot_common.privacy_routes import router as privacy

from munbot_conversations.agents.routes import router as agents
from munbot_conversations.audit.routes import router as audit
from munbot_conversations.auth.routes import router as auth
from munbot_conversations.auth.service import Login
from munbot_conversations.canned.routes import router as canned
from munbot_conversations.contacts.routes import router as contacts
from munbot_conversations.conversations.routes import router as conversations
from munbot_conversations.feedback.routes import router as feedback
from munbot_conversations.files.routes import router as files
from munbot_conversations.files.store import FileStore
from munbot_conversations.messages.routes import router as messages
from munbot_conversations.notes.routes import router as notes
from munbot_conversations.numbers.routes import router as numbers
from munbot_conversations.privacy.erasing import Eraser
from munbot_conversations.privacy.service import PersonalData
from munbot_conversations.reading.routes import router as reading
from munbot_conversations.settings import ApiSettings
from munbot_conversations.tenants.routes import router as tenants
from munbot_conversations.turns.rasa import RasaClient
from munbot_conversations.unanswered.knowledge import TIMEOUT_SECONDS, Knowledge
from munbot_conversations.unanswered.routes import router as unanswered


def create_app(settings: ApiSettings, clock: Clock = utc_now) -> FastAPI:
    """Return the API.

    Args:
        settings: addresses, keys and limits.
        clock: the time of day.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        engine = make_engine(settings)
        app.state.clock = clock
        app.state.session_factory = make_session_factory(engine)
        app.state.token_verifier = TokenVerifier(settings.jwt_public_key)
        app.state.token_signer = TokenSigner(settings.jwt_private_key.get_secret_value(), clock)
        app.state.login = Login(app.state.session_factory, app.state.token_signer, settings, clock)
        app.state.summarises = bool(settings.llm_gateway_url)
        app.state.knowledge = knowledge = _knowledge(settings)
        app.state.files = files_store = FileStore(settings)
        rasa = RasaClient(settings.rasa_url, timeout=settings.rasa_timeout_seconds) if settings.rasa_url else None
        app.state.privacy = PersonalData(app.state.session_factory, Eraser(files_store, rasa), clock)
        app.state.checks["database"] = lambda: check_database(engine)
        yield
        knowledge.close()
        if rasa:
            rasa.close()
        files_store.close()
        engine.dispose()

    app = create_service_app(settings, title="Munbot conversations", lifespan=lifespan)
    for router in (
        auth,
        tenants,
        agents,
        contacts,
        conversations,
        reading,
        notes,
        messages,
        files,
        canned,
        feedback,
        unanswered,
        numbers,
        audit,
        privacy,
    ):
        app.include_router(router)
    return app


def _knowledge(settings: ApiSettings) -> Knowledge:
    if not settings.llm_gateway_url or settings.service_token is None:
        return Knowledge(None)
    token = settings.service_token.get_secret_value()
    return Knowledge(ServiceClient(settings.llm_gateway_url, token=token, timeout=TIMEOUT_SECONDS, attempts=2))
