"""Nobody reads or changes another tenant's things, by any operation of any API.

One municipality has one of everything; an administrator and a service of another one then ask each operation that names
a thing, with generated bodies. None may succeed, no answer may contain what is the first one's, and afterwards its
things are as they were. Where a body may name things, a neighbour names the first one's there.
"""

import json
import os
import random
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from urllib.parse import unquote
from uuid import uuid4

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from munbot_common.auth import Role, TokenSigner
from stdnum.cl import rut

pytestmark = pytest.mark.platform

API = Path(__file__).resolve().parents[2] / "docs" / "api"
TENANT, NEIGHBOUR, OTHER = "valle-claro", "punta-brava", "otra-comuna"
"""The first one; another that has accounts, offices and procedures; one that has nothing, not even the same folios."""
ASKING = {"conversations": NEIGHBOUR}
"""Who asks, where it is not the one that has nothing: conversations looks officials' accounts up."""
SERVICES = {
    "scheduler": "scheduler",
    "complaints": "complaints",
    "conversations": "conversations",
    "llm": "llm",
    "whatsapp": "whatsapp",
    "notifications": "notifications",
    "datalake": "data-lake",
}
"""Names of their documents in docs/api. The chat's things are those of conversations: tests/e2e/test_answers.py."""
SIGN = uuid4().hex[:8]
MARK = f"Marcela Aislada {SIGN}"
ONE = settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
OWN = {
    ("complaints", "PUT", "/v1/categories/{code}"): "every tenant may use every code: it makes one of the caller's own",
    ("llm", "PUT", "/v1/knowledge/pairs/{pair_id}"): "every tenant may use every id: it makes one of the caller's own",
}
"""Named, but not asked."""
SHARED = (("notifications", "/v1/templates/", None), ("datalake", "/v1/images/{catalogue}", "GET"))
"""Under names that every tenant may use, each sees its own: they may succeed, and show nothing of the first one's."""
PUBLIC = {
    "/v1/public/": "asked without a login; a secret link or the end of a RUT opens what is not for all",
    "/webhooks/": "asked by WhatsApp's providers, who sign",
    "/v1/auth/": "about the caller alone",
    "/imagenes/": "pictures that the chat shows to anybody",
}
"""Beginnings of paths that no tenant's token is asked for."""
FLOW = {
    "to": "+56 9 8765 4321",
    "flow": "appointment_confirmation",
    "data": {"name": MARK, "code": "H7KQ-3M2X", "office": "Tránsito", "procedure": "Licencia", "when": "martes"},
}
PIXEL = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"
)


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
    if role is Role.ADMIN and tenant != OTHER:
        return {"Authorization": f"Bearer {logged_in(tenant)}"}
    service = role is Role.SERVICE
    named = {"tenant": None if service else tenant, "lifetime": timedelta(hours=1)}
    token = signer.issue(subject=f"{role}:test", role=role, **named)
    return {"Authorization": f"Bearer {token}"} | ({"X-Munbot-Tenant": tenant} if service else {})


@cache
def logged_in(tenant):
    password = unquote(os.environ["MUNBOT_TEST_DEMO_PASSWORD"])
    wish = {"tenant": tenant, "email": f"admin@{tenant}.demo", "password": password}
    answer = httpx.post(f"{url_of('conversations')}/v1/auth/login", json=wish, timeout=60)
    assert answer.status_code == 200, answer.text
    return answer.json()["access_token"]


@pytest.fixture(scope="session")
def things(signer):
    """One of everything of the first municipality: its id by service and name of the path's parameter."""
    owner = shown_by(signer, Role.SERVICE, TENANT)
    admin = shown_by(signer, Role.ADMIN, TENANT)

    def ask(service, method, path, *, by=owner, **kw):
        headers = by | {"Idempotency-Key": uuid4().hex}
        answer = httpx.request(method, f"{url_of(service)}{path}", headers=headers, timeout=60, **kw)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    found = {"conversations": talked(ask, admin)}
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
    office = slot["office_id"]
    wish = {"procedure_id": procedure["id"], "office_id": office, "holder": MARK}
    slots = {"procedure_id": procedure["id"], "office_id": office, "limit": 1}
    wish["start"] = ask("scheduler", "GET", "/v1/slots", params=slots)["items"][0]["start"]
    held = ask("scheduler", "POST", "/v1/holds", json=wish)
    day = (datetime.now(UTC).date() + timedelta(days=300)).isoformat()
    closed = {"kind": "closed", "office_id": office, "first_day": day, "last_day": day, "reason": MARK}
    closure = ask("scheduler", "POST", "/v1/exceptions", by=admin, json=closed)
    rules = ask("scheduler", "GET", f"/v1/offices/{office}/opening-rules")["items"]
    found["scheduler"] = {
        "appointment_id": booked["id"],
        "code": booked["code"],
        "rule_id": rules[0]["id"],
        "offices": office,
        "procedures": procedure["id"],
        "hold_id": held["id"],
        "exception_id": closure["id"],
        "day": day,
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
    found["complaints"] = {"folio": complaint["folio"], "attachment_id": uploaded(ask)}
    pair = str(uuid4())
    ask(
        "llm",
        "PUT",
        f"/v1/knowledge/pairs/{pair}",
        by=admin,
        json={"question": f"¿Quién es {MARK}?", "answer": "Una vecina"},
    )
    documents = ask("llm", "GET", "/v1/knowledge/documents")["items"]
    document = next(item["id"] for item in documents if not item["id"].startswith("pair-"))  # a pair has no source
    found["llm"] = {"pair_id": pair, "document_id": document}
    account = ask("whatsapp", "GET", "/v1/accounts")["items"][0]["slug"]
    sent = ask("whatsapp", "POST", "/v1/start", json=FLOW | {"account": account})
    found["whatsapp"] = {"slug": account, "message_id": sent["id"]}
    found["notifications"] = told(ask, admin)
    catalogue, picture = f"aislado-{uuid4().hex[:8]}", f"pixel-{SIGN}"
    file = {"file": ("pixel.png", PIXEL, "image/png")}
    ask("datalake", "PUT", f"/v1/images/{catalogue}/{picture}", by=admin, files=file)
    found["datalake"] = {"catalogue": catalogue, "name": picture}
    yield found
    mine = found["notifications"]
    for service, path in (
        ("conversations", f"/v1/canned-answers/{found['conversations']['canned_id']}"),
        ("scheduler", f"/v1/exceptions/{closure['id']}"),
        ("scheduler", f"/v1/holds/{held['id']}"),
        ("llm", f"/v1/knowledge/pairs/{pair}"),
        ("notifications", f"/v1/templates/{mine['name']}"),
        ("notifications", f"/v1/officials/{mine['official_id']}"),
        ("notifications", f"/v1/opt-outs/{mine['opt_out_id']}"),
        ("notifications", f"/v1/webhooks/{mine['webhook_id']}"),
        ("datalake", f"/v1/images/{catalogue}/{picture}"),
    ):
        gone = httpx.delete(f"{url_of(service)}{path}", headers=admin, timeout=60)
        assert gone.is_success, f"{path} was away: {gone.text}"


def talked(ask, admin):
    """A conversation of the first municipality and what hangs on it: ids by name of the path's parameter."""
    wish = {"tenant": TENANT, "session_key": uuid4().hex, "name": MARK}
    session = ask("web", "POST", "/api/chat/sessions", json=wish)
    citizen, own = {"Authorization": f"Bearer {session['token']}"}, f"/v1/conversations/{session['conversation_id']}"
    asked = {"text": "¿Cuántos libros presta la biblioteca?"}
    said = ask("web", "POST", "/api/chat/messages", by=citizen, json=asked, params={"wait": 25})
    answer = said["messages"][-1]
    assert answer["answer"], "only an answer from documents can be rated"
    ask("conversations", "PUT", f"{own}/messages/{answer['id']}/feedback", json={"value": "up"})
    files = {"file": ("pixel.png", PIXEL, "image/png")}
    canned = {"title": MARK[:80], "text": MARK}
    return {
        "conversation_id": session["conversation_id"],
        "message_id": answer["id"],
        "message_id with a file": ask("conversations", "POST", f"{own}/files", by=admin, files=files)["id"],
        "contact_id": ask("conversations", "GET", own)["contact"]["id"],
        "question_id": ask("conversations", "POST", "/v1/unanswered", json={"question": f"¿Qué hace {MARK}?"})["id"],
        "canned_id": ask("conversations", "POST", "/v1/canned-answers", by=admin, json=canned)["id"],
        "agent_id": ask("conversations", "GET", "/v1/agents")["items"][0]["id"],
    }


def uploaded(ask):
    """The id of a file that was uploaded for a complaint."""
    wish = {"filename": f"{SIGN}.png", "content_type": "image/png", "size": len(PIXEL)}
    ticket = ask("complaints", "POST", "/v1/attachments", json=wish)
    put = httpx.put(ticket["upload_url"], content=PIXEL, headers=ticket["headers"], timeout=60)
    assert put.is_success, put.text
    ask("complaints", "POST", f"/v1/attachments/{ticket['id']}/complete")
    return ticket["id"]


def told(ask, admin):
    """One of everything of notifications: ids by name of the path's parameter."""
    template = "unit_complaint_reopened"
    words = {name: f"{MARK} {name}" for name in ("subject", "text", "html", "short")}
    ask("notifications", "PUT", f"/v1/templates/{template}", by=admin, json=words)
    mailbox = {
        "name": MARK,
        "address": f"aislada-{uuid4().hex[:8]}@muni.example",
        "topics": ["digest"],
        "active": False,
    }
    official = ask("notifications", "POST", "/v1/officials", by=admin, json=mailbox)
    address = f"aislada-{uuid4().hex[:8]}@correo.example"
    ask("notifications", "POST", "/v1/opt-outs", json={"channel": "email", "address": address})
    mail = {"to": f"aislada-{uuid4().hex[:8]}@correo.example", "subject": MARK, "text": MARK}
    webhook = {
        "url": "https://aislada.example/munbot",
        "description": MARK,
        "event_types": ["munbot.complaint.created.v1"],
    }
    made = ask("notifications", "POST", "/v1/webhooks", by=admin, json=webhook)["id"]
    ask("notifications", "POST", f"/v1/webhooks/{made}/test", by=admin)
    return {
        "name": template,
        "official_id": official["id"],
        "opt_out_id": ask("notifications", "GET", "/v1/opt-outs")["items"][0]["id"],
        "notification_id": ask("notifications", "POST", "/v1/email", json=mail)["id"],
        "webhook_id": made,
        "delivery_id": ask("notifications", "GET", f"/v1/webhooks/{made}/deliveries", by=admin)["items"][0]["id"],
    }


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
    ("conversations", "/v1/conversations/{conversation_id}/messages"),
    ("conversations", "/v1/contacts/{contact_id}"),
    ("conversations", "/v1/canned-answers"),
    ("scheduler", "/v1/appointments/{appointment_id}"),
    ("scheduler", "/v1/offices/{offices}"),
    ("scheduler", "/v1/procedures/{procedures}"),
    ("scheduler", "/v1/offices/{offices}/opening-rules"),
    ("scheduler", "/v1/exceptions?from={day}&to={day}"),
    ("complaints", "/v1/complaints/{folio}"),
    ("llm", "/v1/knowledge/pairs/{pair_id}"),
    ("llm", "/v1/knowledge/documents/{document_id}"),
    ("whatsapp", "/v1/accounts/{slug}"),
    ("notifications", "/v1/templates/{name}"),
    ("notifications", "/v1/templates/{name}/versions"),
    ("notifications", "/v1/officials"),
    ("notifications", "/v1/rules"),
    ("datalake", "/v1/images/{catalogue}"),
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


def parameters(service, path, names, things):
    """The path's parameters with the ids of the first municipality's things; fails when it has no such thing."""
    own, kind = things[service], path.split("/")[2]
    keys = {name: kind if name == "reference" else name for name in names}
    if path.endswith("/media"):
        keys["message_id"] += " with a file"
    missing = [key for key in keys.values() if not own.get(key)]
    assert not missing, f"{path} of {service} is never asked: make a {missing} in `things`, or give a reason in OWN"
    return {name: own[key] for name, key in keys.items()}


def check(service, case, signer, things):
    """Ask as somebody of another municipality."""
    path = case.operation.path
    if path.startswith(tuple(PUBLIC)) or (service, case.operation.method.upper(), path) in OWN:
        return
    if case.path_parameters:
        case.path_parameters = parameters(service, path, case.path_parameters, things)
    elif case.method != "GET":
        return  # it names nothing, but perhaps in its body: test_a_body_that_names_anothers_thing
    is_shared = any(
        service == each and path.startswith(start) and method in {None, case.method} for each, start, method in SHARED
    )
    for role in (Role.ADMIN, Role.SERVICE):
        headers = shown_by(signer, role, ASKING.get(service, OTHER))
        answer = case.call(base_url=url_of(service), headers=headers, timeout=60)
        told = f"{case.method} {path} as {role}: {answer.status_code} {answer.text[:300]}"
        if "Authorization" in answer.request.headers:  # one generated case leaves it out on purpose
            assert answer.status_code != 401, told
        assert MARK not in answer.text, told
        assert answer.status_code >= 400 or SIGN not in answer.text, told  # problems repeat the path
        if case.path_parameters and not is_shared:
            assert 400 <= answer.status_code < 500, told


@pytest.fixture(scope="module", autouse=True)
def untouched(signer, things):
    """The first municipality's things are afterwards as they were."""
    before = look(signer, things)
    yield
    assert look(signer, things) == before


def operations():
    """Yield service, method, path, operation and schemas of everything there is to ask."""
    for service, name in SERVICES.items():
        document = json.loads((API / f"{name}.openapi.json").read_text(encoding="utf-8"))
        for path, item in document["paths"].items():
            for method, operation in item.items():
                yield service, method.upper(), path, operation, document["components"]["schemas"]


def test_the_first_one_reads_all_of_it(signer, things):
    """Otherwise a refusal would say nothing: perhaps the thing is not there at all."""
    failed = []
    for service, method, path, operation, _ in operations():
        names = [each["name"] for each in operation.get("parameters", ()) if each["in"] == "path"]
        if method != "GET" or not names or path.startswith(tuple(PUBLIC)):
            continue
        url = url_of(service) + path.format(**parameters(service, path, names, things))
        answers = [
            httpx.get(url, headers=shown_by(signer, role, TENANT), timeout=60) for role in (Role.ADMIN, Role.SERVICE)
        ]
        if not any(answer.is_success for answer in answers):
            failed.append((service, path, answers[0].text))
    assert not failed


def _schema(name):
    return schemathesis.openapi.from_path(API / f"{SERVICES[name]}.openapi.json")


scheduler = _schema("scheduler")
complaints = _schema("complaints")
conversations = _schema("conversations")
llm = _schema("llm")
whatsapp = _schema("whatsapp")
notifications = _schema("notifications")
datalake = _schema("datalake")


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


@notifications.parametrize()
@ONE
def test_notifications(case, signer, things):
    check("notifications", case, signer, things)


@datalake.parametrize()
@ONE
def test_datalake(case, signer, things):
    check("datalake", case, signer, things)


@pytest.fixture(scope="module")
def neighbours(signer):
    """Callable: ask as the neighbour, as a service of theirs what is for services alone; and a few things they have."""
    roles = [shown_by(signer, role, NEIGHBOUR) for role in (Role.ADMIN, Role.SERVICE)]

    def ask(service, method, path, **kw):
        for headers in roles:
            answer = httpx.request(method, f"{url_of(service)}{path}", headers=headers, timeout=60, **kw)
            if answer.status_code != 403:
                break
        return answer

    def made(service, path, wish):
        answer = ask(service, "POST", path, json=wish)
        assert answer.status_code == 201, answer.text
        return answer.json()

    procedure = ask("scheduler", "GET", "/v1/procedures").json()["items"][0]["id"]
    slots = ask("scheduler", "GET", "/v1/slots", params={"procedure_id": procedure, "limit": 1}).json()["items"]
    person = {"rut": new_rut(), "name": "Vecino De Al Lado"}
    hour = {"procedure_id": procedure, "office_id": slots[0]["office_id"], "start": slots[0]["start"]}
    category = leaf(ask("complaints", "GET", "/v1/categories").json()["items"])
    wish = {"category": category, "description": "Un poste apagado en la esquina", "citizen": person}
    day = (datetime.now(UTC).date() + timedelta(days=300)).isoformat()
    closed = {"kind": "closed", "first_day": day, "last_day": day}
    mine = {
        "hour": hour,
        "complaint": wish,
        "closed": closed,
        "appointment_id": made("scheduler", "/v1/appointments", hour | {"citizen": person})["id"],
        "exception_id": made("scheduler", "/v1/exceptions", closed | {"office_id": hour["office_id"]})["id"],
        "folio": made("complaints", "/v1/complaints", wish)["folio"],
    }
    yield ask, mine
    ask("scheduler", "POST", f"/v1/appointments/{mine['appointment_id']}/cancel")
    ask("scheduler", "DELETE", f"/v1/exceptions/{mine['exception_id']}")


BODIES = {
    ("scheduler", "POST", "/v1/holds", "office_id"): (
        lambda mine, theirs: mine["hour"] | {"office_id": theirs["offices"]},
        "office_unknown",
    ),
    ("scheduler", "POST", "/v1/holds", "procedure_id"): (
        lambda mine, theirs: mine["hour"] | {"procedure_id": theirs["procedures"]},
        "procedure_unknown",
    ),
    ("scheduler", "POST", "/v1/appointments/{appointment_id}/reschedule", "office_id"): (
        lambda mine, theirs: {"start": mine["hour"]["start"], "office_id": theirs["offices"]},
        "office_unknown",
    ),
    ("scheduler", "PUT", "/v1/exceptions/{exception_id}", "office_id"): (
        lambda mine, theirs: mine["closed"] | {"office_id": theirs["offices"]},
        "office_unknown",
    ),
    ("scheduler", "POST", "/v1/offices", "procedure_ids"): (
        lambda _, theirs: {
            "code": f"ajena-{SIGN}",
            "name": "Ajena",
            "timezone": "America/Punta_Arenas",
            "procedure_ids": [theirs["procedures"]],
        },
        "procedure_unknown",
    ),
    ("scheduler", "PATCH", "/v1/offices/{reference}", "procedure_ids"): (
        lambda _, theirs: {"procedure_ids": [theirs["procedures"]]},
        "procedure_unknown",
    ),
    ("scheduler", "POST", "/v1/procedures", "office_ids"): (
        lambda _, theirs: {
            "code": f"ajeno-{SIGN}",
            "name": "Ajeno",
            "duration_minutes": 15,
            "office_ids": [theirs["offices"]],
        },
        "office_unknown",
    ),
    ("complaints", "POST", "/v1/complaints", "attachment_ids"): (
        lambda mine, theirs: mine["complaint"] | {"attachment_ids": [theirs["attachment_id"]]},
        "attachment_unknown",
    ),
    ("complaints", "POST", "/v1/complaints/{folio}/attachments", "attachment_ids"): (
        lambda _, theirs: {"attachment_ids": [theirs["attachment_id"]]},
        "attachment_unknown",
    ),
    ("conversations", "POST", "/v1/unanswered", "conversation_id"): (
        lambda _, theirs: {"question": "¿Y esto?", "conversation_id": theirs["conversation_id"]},
        "conversation_not_found",
    ),
    ("whatsapp", "POST", "/v1/message", "account"): (
        lambda _, theirs: {"to": FLOW["to"], "text": "Hola", "account": theirs["slug"]},
        "account_unknown",
    ),
    ("whatsapp", "POST", "/v1/start", "account"): (
        lambda _, theirs: FLOW | {"account": theirs["slug"]},
        "account_unknown",
    ),
}
"""What the neighbour writes, their own but for the one field, and the code of the answer."""
UNNAMED = {
    ("scheduler", "POST", "/v1/appointments", "office_id"): "scheduler/tests/integration/test_access.py",
    ("scheduler", "POST", "/v1/appointments", "procedure_id"): "scheduler/tests/integration/test_access.py",
    ("scheduler", "POST", "/v1/exceptions", "office_id"): "scheduler/tests/integration/test_access.py",
    ("scheduler", "PATCH", "/v1/procedures/{reference}", "office_ids"): "scheduler/tests/integration/test_access.py",
    ("conversations", "POST", "/v1/conversations/{conversation_id}/assign", "agent_id"): (
        "conversations/tests/integration/test_officials.py"
    ),
    ("complaints", "POST", "/v1/complaints/{folio}/merge", "into"): "complaints-api/tests/integration/test_merging.py",
    ("scheduler", "POST", "/v1/appointments", "hold_id"): "looked for among the seats of the caller's office alone",
    ("scheduler", "POST", "/v1/appointments/{appointment_id}/reschedule", "hold_id"): "the same",
    ("scheduler", "POST", "/v1/appointments", "conversation_id"): "a note; events about it bear the caller's tenant",
    ("complaints", "POST", "/v1/complaints", "conversation_id"): "a note; events about it bear the caller's tenant",
    ("conversations", "POST", "/v1/audit", "object_id"): "a note in the caller's own log",
    ("conversations", "POST", "/v1/sessions", "account"): "of a channel's service, which names the tenant too",
    ("llm", "POST", "/v1/knowledge/documents", "document_id"): "a name that every tenant may use for its own",
}
"""Fields that may name another's thing and are not asked here: where they are, or why nothing can follow."""


def named_by(schema, schemas):
    """The fields of a body that name things."""
    if "$ref" in schema:
        return named_by(schemas[schema["$ref"].rsplit("/", 1)[1]], schemas)
    names = schema.get("properties", {})
    return {name for name in names if name.endswith(("_id", "_ids")) or name in {"into", "account"}}


def test_every_body_that_may_name_anothers_thing_is_looked_at():
    found = set()
    for service, method, path, operation, schemas in operations():
        if path.startswith(tuple(PUBLIC)):
            continue
        for content in operation.get("requestBody", {}).get("content", {}).values():
            found |= {(service, method, path, name) for name in named_by(content["schema"], schemas)}
    assert found == set(BODIES) | set(UNNAMED)


@pytest.mark.parametrize("named", BODIES, ids=" ".join)
def test_a_body_that_names_anothers_thing(named, neighbours, things):
    (service, method, path, _), (body, code) = named, BODIES[named]
    ask, mine = neighbours
    url = path.format(**mine, reference=mine["hour"]["office_id"])
    answer = ask(service, method, url, json=body(mine, things[service]))
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.json()["code"] == code, answer.text
    assert MARK not in answer.text
