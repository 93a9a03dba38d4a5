"""Nobody reads or changes another tenant's things, by any operation of any API.

One municipality has one of everything; an administrator and a service of another one then ask each operation that names
a thing, with generated bodies. None may succeed, no answer may contain what is the first one's, and afterwards its
things are as they were.
"""

import os
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from munbot_common.auth import Role, TokenSigner
from stdnum.cl import rut

pytestmark = pytest.mark.platform

API = Path(__file__).resolve().parents[2] / "docs" / "api"
TENANT, OTHER = "valle-claro", "otra-comuna"
MARK = f"Marcela Aislada {uuid4().hex[:8]}"
ONE = settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
OWN = {
    ("complaints", "PUT", "/v1/categories/{code}"),
    ("llm", "PUT", "/v1/knowledge/pairs/{pair_id}"),
}
"""Written under a name that every tenant may use: they make a thing of the caller's own."""
PUBLIC = ("/v1/public/", "/webhooks/", "/v1/auth/")


def url_of(service):
    found = os.environ.get(f"MUNBOT_TEST_{service.upper()}_URL")
    if not found:
        pytest.skip(f"MUNBOT_TEST_{service.upper()}_URL is not set: ./munbot test starts the platform and sets it")
    return found


@pytest.fixture(scope="session")
def signer():
    folder = os.environ.get("MUNBOT_TEST_SECRETS_DIR")
    if not folder:
        pytest.skip("MUNBOT_TEST_SECRETS_DIR is not set: ./munbot test starts the platform and sets it")
    return TokenSigner((Path(folder) / "jwt_private_key.pem").read_text(encoding="utf-8"))


def shown_by(signer, role, tenant):
    service = role is Role.SERVICE
    named = {"tenant": None if service else tenant, "lifetime": timedelta(hours=1)}
    token = signer.issue(subject=f"{role}:test", role=role, **named)
    return {"Authorization": f"Bearer {token}"} | ({"X-Munbot-Tenant": tenant} if service else {})


@pytest.fixture(scope="session")
def things(signer):
    """One of everything of the first municipality: its id by service and name of the path's parameter."""
    owner = shown_by(signer, Role.SERVICE, TENANT)
    admin = shown_by(signer, Role.ADMIN, TENANT)

    def ask(service, method, path, *, by=owner, **kw):
        headers = by | {"Idempotency-Key": uuid4().hex}
        answer = httpx.request(method, f"{url_of(service)}{path}", headers=headers, timeout=60, **kw)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    found = {}
    session = ask(
        "conversations",
        "POST",
        "/v1/sessions",
        json={"channel": "web", "account": TENANT, "address": f"isolation-{uuid4()}", "name": MARK},
    )
    conversation = session["conversation_id"]
    contact = ask("conversations", "GET", f"/v1/conversations/{conversation}")["contact"]["id"]
    question = ask("conversations", "POST", "/v1/unanswered", json={"question": f"¿Qué hace {MARK}?"})
    found["conversations"] = {
        "conversation_id": conversation,
        "contact_id": contact,
        "question_id": question["id"],
        "agent_id": ask("conversations", "GET", "/v1/agents")["items"][0]["id"],
    }
    procedure = ask("scheduler", "GET", "/v1/procedures")["items"][0]
    slot = ask("scheduler", "GET", "/v1/slots", params={"procedure_id": procedure["id"], "limit": 1})["items"][0]
    booked = ask(
        "scheduler",
        "POST",
        "/v1/appointments",
        json={
            "procedure_id": procedure["id"],
            "office_id": slot["office_id"],
            "start": slot["start"],
            "citizen": {"rut": new_rut(), "name": MARK},
        },
    )
    today = datetime.now(UTC).date()
    dates = {"from": today.isoformat(), "to": (today + timedelta(days=300)).isoformat()}
    closure = ask("scheduler", "GET", "/v1/exceptions", params=dates)
    office = slot["office_id"]
    rules = ask("scheduler", "GET", f"/v1/offices/{office}/opening-rules")["items"]
    found["scheduler"] = {
        "appointment_id": booked["id"],
        "code": booked["code"],
        "rule_id": rules[0]["id"],
        "offices": office,
        "procedures": procedure["id"],
        **({"exception_id": closure["items"][0]["id"]} if closure["items"] else {}),
    }
    complaint = ask(
        "complaints",
        "POST",
        "/v1/complaints",
        json={
            "category": leaf(ask("complaints", "GET", "/v1/categories")["items"]),
            "description": f"Un poste apagado frente a la casa de {MARK}",
            "citizen": {"rut": new_rut(), "name": MARK},
        },
    )
    found["complaints"] = {"folio": complaint["folio"]}
    pair = str(uuid4())
    ask(
        "llm",
        "PUT",
        f"/v1/knowledge/pairs/{pair}",
        by=admin,
        json={"question": f"¿Quién es {MARK}?", "answer": "Una vecina"},
    )
    document = ask("llm", "GET", "/v1/knowledge/documents")["items"][0]
    found["llm"] = {"pair_id": pair, "document_id": document["id"]}
    found["whatsapp"] = {"slug": ask("whatsapp", "GET", "/v1/accounts")["items"][0]["slug"]}
    yield found
    httpx.delete(f"{url_of('llm')}/v1/knowledge/pairs/{pair}", headers=admin, timeout=60)


def new_rut():
    """A RUT that nobody has used here."""
    number = str(random.randrange(5_000_000, 25_000_000))
    return f"{number}-{rut.calc_check_digit(number)}"


def leaf(categories):
    """The first category that may be chosen."""
    first = categories[0]
    return leaf(first["children"]) if first.get("children") else first["code"]


LOOKS = (
    ("conversations", "/v1/conversations/{conversation_id}"),
    ("conversations", "/v1/contacts/{contact_id}"),
    ("scheduler", "/v1/appointments/{appointment_id}"),
    ("scheduler", "/v1/offices/{offices}"),
    ("scheduler", "/v1/procedures/{procedures}"),
    ("scheduler", "/v1/offices/{offices}/opening-rules"),
    ("complaints", "/v1/complaints/{folio}"),
    ("llm", "/v1/knowledge/pairs/{pair_id}"),
    ("llm", "/v1/knowledge/documents/{document_id}"),
    ("whatsapp", "/v1/accounts/{slug}"),
)


def look(signer, things):
    """Everything as its own administrator sees it."""
    admin = shown_by(signer, Role.ADMIN, TENANT)
    seen = {}
    for service, path in LOOKS:
        answer = httpx.get(f"{url_of(service)}{path.format(**things[service])}", headers=admin, timeout=60)
        assert answer.status_code == 200, f"{path}: {answer.text}"
        seen[path] = answer.json()
    return seen


def parameters(service, case, things):
    """The path's parameters with the ids of the first municipality's things; None when it has no such thing."""
    own = things[service]
    kind = case.operation.path.split("/")[2]
    values = {name: own.get(kind if name == "reference" else name) for name in case.path_parameters or {}}
    return values if all(values.values()) else None


def check(service, case, signer, things):
    """Ask as somebody of the other municipality."""
    path = case.operation.path
    if path.startswith(PUBLIC) or (service, case.method, path) in OWN:
        return
    if case.path_parameters:
        values = parameters(service, case, things)
        if values is None:
            return
        case.path_parameters = values
    elif case.method != "GET":
        return
    for role in (Role.ADMIN, Role.SERVICE):
        answer = case.call(base_url=url_of(service), headers=shown_by(signer, role, OTHER), timeout=60)
        told = f"{case.method} {path} as {role}: {answer.status_code} {answer.text[:300]}"
        assert MARK not in answer.text, told
        if case.path_parameters:
            assert 400 <= answer.status_code < 500, told


@pytest.fixture(scope="module", autouse=True)
def untouched(signer, things):
    """The first municipality's things are afterwards as they were."""
    before = look(signer, things)
    yield
    assert look(signer, things) == before


def _schema(name):
    return schemathesis.openapi.from_path(API / f"{name}.openapi.json")


scheduler = _schema("scheduler")
complaints = _schema("complaints")
conversations = _schema("conversations")
llm = _schema("llm")
whatsapp = _schema("whatsapp")


@scheduler.parametrize()
@ONE
def test_scheduler(case, signer, things):
    check("scheduler", case, signer, things)


@complaints.parametrize()
@ONE
def test_complaints(case, signer, things):
    check("complaints", case, signer, things)


@conversations.parametrize()
@ONE
def test_conversations(case, signer, things):
    check("conversations", case, signer, things)


@llm.parametrize()
@ONE
def test_llm(case, signer, things):
    check("llm", case, signer, things)


@whatsapp.parametrize()
@ONE
def test_whatsapp(case, signer, things):
    check("whatsapp", case, signer, things)
