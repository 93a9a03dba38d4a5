"""The API with a real speech model in its real child process; no other server is needed."""

import time

import pytest
from fastapi.testclient import TestClient
from munbot_llm.app import create_app
from munbot_llm.settings import ApiSettings
from munbot_llm.voice import model_files

PATIENCE = 120


@pytest.fixture(scope="session")
def voice_model():
    """Skip where there is no speech model."""
    if reason := model_files.missing(None):
        pytest.skip(f"{reason}: the extra `voice` is not installed")


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("voice-data")


@pytest.fixture(scope="session")
def make_settings(key_pair, data_dir):
    def make(**changes):
        fields = {
            "s3_endpoint": "http://127.0.0.1:9",  # nobody: voice does not need documents
            "s3_access_key": "none",
            "s3_secret_key": "none",
            "jwt_public_key": key_pair[1],
            "data_dir": data_dir,
            "voice_deadline_seconds": 10 * PATIENCE,  # a busy machine is no error
        }
        return ApiSettings(**(fields | changes))

    return make


@pytest.fixture
def start(make_settings):
    """Start the API with some settings; stop it at the end."""
    clients = []

    def begin(**changes):
        client = TestClient(create_app(make_settings(**changes)), raise_server_exceptions=False)
        client.__enter__()
        clients.append(client)
        return client

    yield begin
    for client in clients:
        client.__exit__(None, None, None)


@pytest.fixture(scope="module")
def client(make_settings):
    """The API with its usual settings, shared by a module's tests: its child is loaded once."""
    with TestClient(create_app(make_settings()), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def as_(make_token):
    def headers(role):
        bearer = {"Authorization": f"Bearer {make_token(role)}"}
        return bearer | ({"X-Munbot-Tenant": "valle-claro"} if role == "service" else {})

    return headers


@pytest.fixture
def transcribe(as_):
    def send(client, audio, *, role="service", name="nota.ogg", kind="audio/ogg"):
        return client.post("/v1/transcribe", files={"file": (name, audio, kind)}, headers=as_(role))

    return send


@pytest.fixture
def until():
    """Ask again and again until the answer is true; return it."""

    def ask(what, seconds=PATIENCE):
        end = time.monotonic() + seconds
        while not (found := what()):
            assert time.monotonic() < end, f"not within {seconds} s"
            time.sleep(0.01)
        return found

    return ask
