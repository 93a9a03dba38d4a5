"""Role by operation: who is refused what, in every API. That nobody reads another tenant's things: test_isolation.py.

`roles.yml` names for each operation who may call it. The test asks each operation as everybody: who is not named is
refused with 401 or 403 before anything else is looked at, whoever is named is not. An operation that is not in the file
fails, and so does one that is there and no longer exists.
"""

import json
import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote
from uuid import UUID

import httpx
import pytest
import yaml
from munbot_common.auth import Role, TokenSigner

pytestmark = pytest.mark.platform

HERE = Path(__file__).parent
API = HERE.parents[1] / "docs" / "api"
SERVICES = ("scheduler", "complaints", "conversations", "chat", "llm", "whatsapp")
METHODS = ("get", "put", "post", "patch", "delete")
TABLE = yaml.safe_load((HERE / "roles.yml").read_text(encoding="utf-8"))
CALLERS = ("nobody", "visitor", "viewer", "agent", "admin", "service")
TENANT = "valle-claro"
NOTHING = UUID(int=0)


def operations():
    for service in SERVICES:
        document = json.loads((API / f"{service}.openapi.json").read_text(encoding="utf-8"))
        for path, item in document["paths"].items():
            for method in METHODS:
                if method in item:
                    yield service, f"{method.upper()} {path}"


def expected(service, operation):
    """Who may call an operation: the widest of the groups that name it."""
    return set(TABLE["groups"][TABLE[service][operation]])


@pytest.fixture(scope="session")
def headers():
    """What each caller shows; officials log in, as their accounts are looked at too."""
    folder, password = os.environ.get("MUNBOT_TEST_SECRETS_DIR"), os.environ.get("MUNBOT_TEST_DEMO_PASSWORD")
    if not folder or not password:
        pytest.skip("MUNBOT_TEST_SECRETS_DIR is not set: ./munbot test starts the platform and sets it")
    signer = TokenSigner((Path(folder) / "jwt_private_key.pem").read_text(encoding="utf-8"))
    life = {"lifetime": timedelta(hours=1)}
    visitor = signer.issue(subject=str(NOTHING), role=Role.VISITOR, tenant=TENANT, conversation_id=NOTHING, **life)
    service = signer.issue(subject="service:roles", role=Role.SERVICE, tenant=None, **life)
    tokens = {"visitor": visitor, "service": service}
    for role, who in (("viewer", "lectura"), ("agent", "agente"), ("admin", "admin")):
        wish = {"tenant": TENANT, "email": f"{who}@{TENANT}.demo", "password": unquote(password)}
        answer = httpx.post(f"{base_url('conversations')}/v1/auth/login", json=wish, timeout=60)
        assert answer.status_code == 200, answer.text
        tokens[role] = answer.json()["access_token"]
    shown = {caller: {"Authorization": f"Bearer {token}"} for caller, token in tokens.items()}
    shown["service"]["X-Munbot-Tenant"] = TENANT
    return shown | {"nobody": {}}


def base_url(service):
    return os.environ[f"MUNBOT_TEST_{ {'chat': 'WEB'}.get(service, service.upper()) }_URL"]


def filled(path):
    """A path with ids of nothing in its places."""
    parts = [str(NOTHING) if part.startswith("{") else part for part in path.split("/")]
    return "/".join(parts)


def test_the_table_names_every_operation_and_no_other():
    found = {(service, operation) for service, operation in operations()}
    named = {(service, operation) for service in SERVICES for operation in TABLE[service]}
    assert named == found


@pytest.mark.parametrize(("service", "operation"), sorted(operations()))
def test_each_operation_is_for_whom_the_table_says(service, operation, headers):
    method, path = operation.split(" ", 1)
    allowed = expected(service, operation)
    with httpx.Client(base_url=base_url(service), timeout=30) as http:
        for caller in CALLERS:
            body = {"content": b"[]"} if method in ("POST", "PUT", "PATCH") else {}
            answer = http.request(
                method, filled(path), headers=headers[caller] | {"Content-Type": "application/json"}, **body
            )
            refused = answer.status_code in (401, 403)
            told = f"{operation} as {caller}: {answer.status_code} {answer.text[:200]}"
            assert answer.status_code < 500 or answer.status_code == 503, told
            assert refused is (caller not in allowed), told
