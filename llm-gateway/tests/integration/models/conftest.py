"""A real server on a loopback port, with a real engine and a tiny real model, whose words are nonsense."""

import asyncio
import contextlib
import socket
import threading
import time
from types import SimpleNamespace

import openai
import pytest
import uvicorn
from munbot_common.app import create_service_app
from munbot_common.auth import TENANT_HEADER, TokenVerifier
from munbot_llm.models import routes
from munbot_llm.models.chat import ModelState
from munbot_llm.models.service import ModelService, build_model
from munbot_llm.settings import ModelSettings

PATIENCE = 120  # seconds; a busy machine is no error
MODEL = "SmolLM2-135M-Instruct.Q4_1"


class Gateway:
    """The routes of the model, served by uvicorn in a thread."""

    def __init__(self, settings, public_key):
        self.service = ModelService(build_model(settings), deadline_seconds=settings.llm_deadline_seconds)

        @contextlib.asynccontextmanager
        async def lifespan(app):
            app.state.token_verifier = TokenVerifier(public_key)
            app.state.services = SimpleNamespace(models=self.service)
            await self.service.start()
            yield
            await self.service.close()

        app = create_service_app(settings, title="models", lifespan=lifespan)
        app.include_router(routes.router)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        config = uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=5)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self):
        asyncio.run(self._server.serve(sockets=[self._socket]))

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def pid(self):
        return self.service._model.pid

    def wait_until(self, condition):
        end = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < end, self.service.status
            time.sleep(0.02)

    def wait_for(self, state):
        self.wait_until(lambda: self.service.status.state is state)

    def __enter__(self):
        self._thread.start()
        self.wait_until(lambda: self._server.started)
        return self

    def __exit__(self, *_):
        self._server.should_exit = True
        self._thread.join(PATIENCE)
        self._socket.close()


@pytest.fixture(scope="session")
def make_gateway(key_pair):
    def make(**fields):
        return Gateway(ModelSettings(service_name="llm-gateway", **fields), key_pair[1])

    return make


@pytest.fixture(scope="session")
def gateway(make_gateway, engine_path, smollm2_path):
    """A gateway with a model that is ready."""
    with make_gateway(
        llm_model_path=smollm2_path, llm_engine_path=engine_path, llm_context_tokens=2048, llm_queue_size=3
    ) as running:
        running.wait_for(ModelState.READY)
        running.service._model._process._free_seconds = PATIENCE  # a busy machine shall not make a kill of a cancel
        yield running


@pytest.fixture(scope="session")
def make_client(make_token):
    def make(gateway, role="service", **options):
        return openai.OpenAI(
            base_url=gateway.url,
            api_key=make_token(role),
            default_headers={TENANT_HEADER: "valle-claro"},
            max_retries=0,
            timeout=PATIENCE,
            **options,
        )

    return make


@pytest.fixture
def client(gateway, make_client):
    with make_client(gateway) as made:
        yield made
