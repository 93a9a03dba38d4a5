"""Who may do what: logins, roles, tokens of every wrong kind, and the wall between two municipalities."""

import base64
import json
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
import socketio
from e2e_support import OTHER_TENANT, TENANT, Visitor, new_rut, problem_of

pytestmark = pytest.mark.platform

PROTECTED = [
    "/api/chat/messages",
    "/api/scheduler/v1/appointments",
    "/api/complaints/v1/complaints",
    "/api/conversations/v1/conversations",
    "/api/conversations/v1/auth/me",
]


def _part(content):
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


@pytest.fixture(scope="module")
def wrong_tokens(platform):
    """Tokens that must open nothing, by name."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from munbot_common.auth import Role, TokenSigner

    foreign = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    ours = platform.secret("jwt_private_key.pem")

    def signed(key, hours):
        issue = TokenSigner(key).issue
        return issue(subject=str(uuid4()), role=Role.ADMIN, tenant=TENANT, lifetime=timedelta(hours=hours))

    claims = {"iss": "munbot", "aud": "munbot", "sub": "x", "tenant": TENANT, "role": "admin", "exp": 4_102_444_800}
    good = signed(ours, 1)
    return {
        "stale": signed(ours, -1),
        "forged": signed(foreign.decode(), 1),
        "unsigned": f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part(claims)}.",
        "hmac_with_public_key": f"{_part({'alg': 'HS256', 'typ': 'JWT'})}.{_part(claims)}.c2lnbmF0dXJl",
        "other_claims": ".".join([good.split(".")[0], _part(claims | {"iat": 1, "jti": "x"}), good.split(".")[2]]),
        "garbage": "hola",
    }


@pytest.mark.parametrize("kind", ["stale", "forged", "unsigned", "hmac_with_public_key", "other_claims", "garbage"])
def test_wrong_tokens_open_nothing(platform, wrong_tokens, kind):
    headers = {"Authorization": f"Bearer {wrong_tokens[kind]}"}
    for path in PROTECTED:
        answer = httpx.get(platform.base_url + path, headers=headers, timeout=30)
        assert answer.status_code == 401, (path, answer.text)
        problem_of(answer)
    with pytest.raises(socketio.exceptions.ConnectionError):
        socketio.Client(reconnection=False).connect(
            platform.base_url, auth={"token": wrong_tokens[kind]}, transports=["websocket"], wait_timeout=10
        )


def test_no_token_opens_nothing(platform):
    for path in PROTECTED:
        answer = httpx.get(platform.base_url + path, timeout=30)
        assert answer.status_code == 401, (path, answer.text)
        problem_of(answer)


@pytest.mark.parametrize("who", ["admin", "agent", "viewer"])
def test_logins_carry_their_role(request, who):
    me = request.getfixturevalue(who).get("/api/conversations/v1/auth/me").json()
    assert (me["role"], me["tenant"]) == (who, TENANT)


@pytest.mark.parametrize(
    ("tenant", "email", "password"),
    [
        (TENANT, "admin@valle-claro.demo", "no es esta"),
        (TENANT, "nadie@valle-claro.demo", "no es esta"),
        ("no-existe", "admin@valle-claro.demo", "no es esta"),
    ],
)
def test_wrong_logins_all_sound_the_same(platform, tenant, email, password):
    body = {"tenant": tenant, "email": email, "password": password}
    answer = httpx.post(f"{platform.base_url}/api/conversations/v1/auth/login", json=body, timeout=30)
    assert answer.status_code == 401
    assert problem_of(answer)["code"] == "login_failed"


def test_a_password_of_one_municipality_does_not_open_the_other(platform, admin):
    assert admin.get("/api/conversations/v1/auth/me").status_code == 200
    body = {"tenant": OTHER_TENANT, "email": "admin@valle-claro.demo", "password": "x"}
    assert httpx.post(f"{platform.base_url}/api/conversations/v1/auth/login", json=body, timeout=30).status_code == 401


def test_roles_end_where_they_end(visitor, agent, viewer):
    visitor.say("hola")
    conversation = f"/api/conversations/v1/conversations/{visitor.conversation_id}"
    assert viewer.get(conversation).status_code == 200
    assert viewer.post(f"{conversation}/takeover").status_code == 403
    assert viewer.post(f"{conversation}/messages", json={"text": "hola"}).status_code == 403
    procedure = {"code": f"e2e-{uuid4().hex[:6]}", "name": "Prueba", "duration_minutes": 30, "office_ids": []}
    for client in (agent, viewer, visitor.http):
        answer = client.post("/api/scheduler/v1/procedures", json=procedure)
        assert answer.status_code == 403, answer.text
        problem_of(answer)
    assert visitor.http.get("/api/complaints/v1/complaints").json()["items"] == [], "a citizen sees their own"
    assert visitor.http.get("/api/complaints/v1/complaints/export.csv").status_code == 403


def test_officials_do_not_chat_as_citizens(agent):
    answer = agent.post("/api/chat/messages", json={"text": "hola"})
    assert answer.status_code == 403
    assert problem_of(answer)["code"] == "visitor_only"


def test_ids_of_the_other_municipality_do_not_exist(platform, admin, stranger, service, untouched_slot):
    body = {
        "procedure_id": untouched_slot["procedure_id"],
        "office_id": untouched_slot["office_id"],
        "start": untouched_slot["start"],
        "citizen": {"rut": new_rut(), "name": "Prueba De Muralla"},
    }
    booked = service.post("/api/scheduler/v1/appointments", json=body)
    assert booked.status_code == 201, booked.text
    appointment = booked.json()
    try:
        mine = f"/api/scheduler/v1/appointments/{appointment['id']}"
        assert admin.get(mine).status_code == 200
        for path in (
            mine,
            f"{mine}/history",
            f"{mine}/ics",
            f"/api/scheduler/v1/appointments/by-code/{appointment['code']}",
        ):
            answer = stranger.get(path)
            assert answer.status_code == 404, (path, answer.text)
        for action in ("confirm", "cancel", "attended", "no-show"):
            assert stranger.post(f"{mine}/{action}", json={}).status_code == 404
        assert stranger.post(f"{mine}/reschedule", json={"start": untouched_slot["start"]}).status_code == 404
        slots = {"procedure_id": untouched_slot["procedure_id"]}
        assert stranger.get("/api/scheduler/v1/slots", params=slots).status_code in {404, 422}
        foreign = Visitor(platform.base_url, tenant=OTHER_TENANT)
        assert foreign.http.get(mine).status_code == 404
        assert Visitor(platform.base_url).http.get(mine).status_code == 404, "another citizen's appointment"
        assert admin.get(mine).json()["status"] == appointment["status"]
    finally:
        service.post(f"/api/scheduler/v1/appointments/{appointment['id']}/cancel", json={})


def test_complaints_of_the_other_municipality_do_not_exist(admin, stranger, service):
    leaf = service.get("/api/complaints/v1/categories").json()["items"][0]
    category = (leaf.get("children") or [leaf])[0]["code"]
    body = {
        "category": category,
        "description": "Prueba de la muralla entre municipalidades",
        "place": {"address": "Pasaje de Prueba 1"},
        "citizen": {"rut": new_rut(), "name": "Prueba De Muralla", "phone": "+56987654321"},
        "channel": "web",
    }
    created = service.post("/api/create-complaint", json=body)
    assert created.status_code == 201, created.text
    path = f"/api/complaints/v1/complaints/{created.json()['folio']}"
    assert admin.get(path).status_code == 200
    assert stranger.get(path).status_code == 404
    assert stranger.post(f"{path}/comments", json={"text": "hola", "public": False}).status_code == 404
    assert stranger.post(f"{path}/status", json={"status": "rejected", "reason": "x"}).status_code == 404
