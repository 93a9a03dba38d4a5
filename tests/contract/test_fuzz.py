"""Every operation of every API, with generated input: never a 5xx, and every refusal is a problem document.

The calls go straight to the services of the running test platform, as an admin of a tenant of their own, so that what
they create or delete is nobody else's.
"""

import os
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from munbot_common.auth import Role, TokenSigner
from schemathesis.checks import not_a_server_error

pytestmark = pytest.mark.platform

API = Path(__file__).resolve().parents[2] / "docs" / "api"
TENANT = "fuzz"
EXAMPLES = int(os.environ.get("MUNBOT_FUZZ_EXAMPLES", "6"))
FUZZ = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)

# A platform need not have a language model or a voice model, and its API says so.
ABSENT = {"model_unavailable", "voice_unavailable", "knowledge_loading"}


def _schema(name):
    return schemathesis.openapi.from_path(API / f"{name}.openapi.json")


@pytest.fixture(scope="session")
def tokens():
    folder = os.environ.get("MUNBOT_TEST_SECRETS_DIR")
    if not folder:
        pytest.skip("MUNBOT_TEST_SECRETS_DIR is not set: ./munbot test starts the platform and sets it")
    signer = TokenSigner((Path(folder) / "jwt_private_key.pem").read_text())
    life = timedelta(hours=1)
    service = signer.issue(subject="service:fuzz", role=Role.SERVICE, tenant=None, lifetime=life)
    return {
        "admin": signer.issue(subject=_official(service), role=Role.ADMIN, tenant=TENANT, lifetime=life),
        "service": service,
    }


def _official(token):
    """The id of an administrator of our own: the hub takes no token of somebody that it does not know."""
    headers = {"Authorization": f"Bearer {token}", "X-Munbot-Tenant": TENANT}
    wish = {"email": f"{uuid4().hex}@fuzz.demo", "password": uuid4().hex, "name": "Ada", "role": "admin"}
    with httpx.Client(base_url=os.environ["MUNBOT_TEST_CONVERSATIONS_URL"], headers=headers, timeout=60) as http:
        made = http.post("/v1/tenants", json={"id": TENANT, "name": "Pruebas", "short_name": "Pruebas"})
        assert made.status_code in {201, 409}, made.text
        return http.post("/v1/agents", json=wish).raise_for_status().json()["id"]


def _check(case, service, tokens):
    base_url = os.environ.get(f"MUNBOT_TEST_{service.upper()}_URL")
    if not base_url:
        pytest.skip(f"MUNBOT_TEST_{service.upper()}_URL is not set: ./munbot test starts the platform and sets it")
    response = case.call(base_url=base_url, headers={"Authorization": f"Bearer {tokens['admin']}"}, timeout=20)
    if response.status_code == 403:  # for our own services only: ask as one
        headers = {"Authorization": f"Bearer {tokens['service']}", "X-Munbot-Tenant": TENANT}
        response = case.call(base_url=base_url, headers=headers, timeout=20)
    if not (response.status_code == 503 and response.json()["code"] in ABSENT):
        case.validate_response(response, checks=[not_a_server_error])
    if response.status_code >= 400 and not _is_placeholder(response):
        assert response.headers["content-type"][0].startswith("application/problem+json")
        body = response.json()
        assert body["code"]
        assert body["detail"]
        assert body["status"] == response.status_code


def _is_placeholder(response):
    """Whether it is the picture that is shown in the place of one that does not exist."""
    return response.status_code == 404 and response.headers["content-type"][0].startswith("image/")


scheduler = _schema("scheduler")
complaints = _schema("complaints")
conversations = _schema("conversations")
chat = _schema("chat")
llm = _schema("llm")
whatsapp = _schema("whatsapp")
notifications = _schema("notifications")
datalake = _schema("data-lake")


@scheduler.parametrize()
@FUZZ
def test_scheduler(case, tokens):
    _check(case, "scheduler", tokens)


@complaints.parametrize()
@FUZZ
def test_complaints(case, tokens):
    _check(case, "complaints", tokens)


@conversations.parametrize()
@FUZZ
def test_conversations(case, tokens):
    _check(case, "conversations", tokens)


@chat.parametrize()
@FUZZ
def test_chat(case, tokens):
    _check(case, "web", tokens)


@llm.parametrize()
@FUZZ
def test_llm(case, tokens):
    _check(case, "llm", tokens)


@whatsapp.parametrize()
@FUZZ
def test_whatsapp(case, tokens):
    _check(case, "whatsapp", tokens)


@datalake.parametrize()
@FUZZ
def test_datalake(case, tokens):
    _check(case, "datalake", tokens)


@notifications.parametrize()
@FUZZ
def test_notifications(case, tokens):
    _check(case, "notifications", tokens)
