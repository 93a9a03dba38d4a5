import importlib.util
from pathlib import Path

import pytest
from munbot_common.auth import TokenSigner
from munbot_web.app import create_app
from munbot_web.settings import Settings

_spec = importlib.util.spec_from_file_location("munbot_web_fake_hub", Path(__file__).parents[1] / "fake_hub.py")
fake_hub = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(fake_hub)


def script(text):
    if text == "persona":
        return "silenced"
    if text == "después":
        return "deferred"
    if text == "nunca":
        return None
    if text == "dos":
        return [("uno", []), ("dos", [("Sí", "/affirm"), ("No", "/deny")])]
    if text == "basura":
        return [("Los lunes.\nFuente: Ordenanza de Aseo, artículo 12", [])]
    return [(f"eco: {text}", [])]


@pytest.fixture(scope="module")
def hub(rabbitmq_url, key_pair):
    fake = fake_hub.FakeHub(TokenSigner(key_pair[0]), rabbitmq_url, script)
    with fake.working():
        yield fake


@pytest.fixture(scope="module")
def settings(rabbitmq_url, key_pair, make_token, hub):
    import os

    redis = os.environ.get("MUNBOT_TEST_REDIS_URL")
    if not redis:
        pytest.skip("MUNBOT_TEST_REDIS_URL is not set: ./munbot test starts the servers and sets it")
    with fake_hub.serving(hub.app) as url:
        yield Settings(
            munbot_mode="demo",
            rabbitmq_url=rabbitmq_url,
            # On a busy machine Redis may be late, but never so late that the guard lets pass what it should stop.
            redis_url=f"{redis}?socket_timeout=30&socket_connect_timeout=30",
            chat_rate_window_seconds=120,
            jwt_public_key=key_pair[1],
            service_token=make_token("service"),
            conversations_url=url,
            scheduler_url=url,
            chat_allowed_origins="https://otro.example",
        )


@pytest.fixture(scope="module")
def gateway(settings):
    with fake_hub.serving(create_app(settings)) as url:
        yield url


@pytest.fixture(scope="module")
def second_gateway(settings):
    with fake_hub.serving(create_app(settings)) as url:
        yield url
