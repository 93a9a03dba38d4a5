"""The application skeleton with a real database: commits before the answer, problems, idempotency."""

import threading
from contextlib import asynccontextmanager

import pytest
from fastapi import Depends
from fastapi.responses import JSONResponse
from fastapi.testclient import TestClient
from munbot_common.app import create_service_app
from munbot_common.auth import PrincipalDep, Role, TokenVerifier, require_roles
from munbot_common.chile import Rut
from munbot_common.database import SessionDep, check_database, make_engine, make_session_factory, metadata
from munbot_common.idempotency import Answer, IdempotencyKey, answer_once, idempotency_table
from munbot_common.problems import Conflict
from munbot_common.settings import DatabaseSettings, ServiceSettings
from pydantic import BaseModel
from sqlalchemy import Column, ForeignKey, Integer, String, Table, func, insert, select

META = metadata()
THING = Table("thing", META, Column("id", Integer, primary_key=True), Column("name", String(20)))
CHILD = Table(
    "child",
    META,
    Column("id", Integer, primary_key=True),
    Column("thing_id", ForeignKey("thing.id", deferrable=True, initially="DEFERRED")),
)
KEYS = idempotency_table(META)


class ThingIn(BaseModel):
    name: str
    rut: Rut | None = None


class SlotTaken(Conflict):
    code = "slot_taken"
    title = "Ya está ocupado"


@pytest.fixture(scope="module")
def engine(postgres_database):
    engine = make_engine(DatabaseSettings(database_url=postgres_database))
    META.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def client(engine, key_pair):
    @asynccontextmanager
    async def lifespan(app):
        app.state.session_factory = make_session_factory(engine)
        app.state.token_verifier = TokenVerifier(key_pair[1])
        app.state.checks["database"] = lambda: check_database(engine)
        yield

    app = create_service_app(ServiceSettings(service_name="test"), title="test", lifespan=lifespan)

    @app.post("/things", status_code=201)
    def create(body: ThingIn, session: SessionDep, principal: PrincipalDep, key: IdempotencyKey = None):
        def respond():
            if body.name == "problem":
                raise SlotTaken(extra={"alternatives": [1, 2, 3]})
            row = session.execute(insert(THING).values(name=body.name).returning(THING.c.id)).scalar_one()
            return Answer(201, {"id": row, "name": body.name})

        answer = answer_once(
            session, KEYS, principal=principal, operation="create", key=key, request=body, respond=respond
        )
        return JSONResponse(answer.body, status_code=answer.status)

    @app.post("/orphans", status_code=201)
    def orphan(session: SessionDep):
        session.execute(insert(CHILD).values(thing_id=-1))  # the deferred constraint fails at commit
        return {"ok": True}

    @app.get("/admin", dependencies=[Depends(require_roles(Role.ADMIN))])
    def admin():
        return {"ok": True}

    @app.get("/broken")
    def broken():
        raise RuntimeError("secret detail")

    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def auth(make_token, role="agent", **kw):
    return {"Authorization": f"Bearer {make_token(role, **kw)}"}


def count(engine):
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(THING))


def test_a_failing_commit_answers_5xx(client):
    answer = client.post("/orphans")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"


def test_health_and_metrics(client):
    assert client.get("/livez").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ok", "checks": {"database": "ok"}}
    assert "munbot_http_request_seconds" in client.get("/metrics").text


def test_problem_document(client, make_token, engine):
    before = count(engine)
    answer = client.post(
        "/things", json={"name": "problem"}, headers={**auth(make_token), "X-Correlation-ID": "correlation-1"}
    )
    assert answer.status_code == 409
    body = answer.json()
    assert body["code"] == "slot_taken"
    assert body["alternatives"] == [1, 2, 3]
    assert body["instance"] == "/things"
    assert body["correlation_id"] == "correlation-1" == answer.headers["x-correlation-id"]
    assert count(engine) == before


def test_unexpected_errors_show_nothing(client):
    answer = client.get("/broken")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert answer.json()["code"] == "internal_error"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"name": "x", "rut": "12.345.678-9"}, "rut_invalid"),
        ({}, "invalid"),
        ({"name": "a\u0000b"}, "invalid_character"),
        ({"name": 5}, "invalid"),
    ],
)
def test_bad_input(client, make_token, body, code):
    answer = client.post("/things", json=body, headers=auth(make_token))
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert "12.345.678" not in answer.text


def test_value_too_long_for_the_database_is_422(client, make_token):
    answer = client.post("/things", json={"name": "x" * 50}, headers=auth(make_token))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


def test_tokens_and_roles(client, make_token):
    assert client.get("/admin").json()["code"] == "token_invalid"
    assert client.get("/admin", headers=auth(make_token, "viewer")).json()["code"] == "forbidden"
    assert client.get("/admin", headers=auth(make_token, "admin")).status_code == 200
    assert client.get("/nowhere").json()["code"] == "not_found"
    assert client.put("/admin").status_code == 405


def test_idempotency_key(client, make_token, engine):
    headers = {**auth(make_token), "Idempotency-Key": "k1"}
    first = client.post("/things", json={"name": "once"}, headers=headers)
    before = count(engine)
    again = client.post("/things", json={"name": "once"}, headers=headers)
    assert again.json() == first.json()
    assert count(engine) == before
    other = client.post("/things", json={"name": "other"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    elsewhere = client.post(
        "/things", json={"name": "once"}, headers={**auth(make_token, tenant="punta-brava"), "Idempotency-Key": "k1"}
    )
    assert elsewhere.json()["id"] != first.json()["id"]


def test_a_refused_request_leaves_no_key_behind(client, make_token):
    headers = {**auth(make_token), "Idempotency-Key": "k2"}
    assert client.post("/things", json={"name": "problem"}, headers=headers).status_code == 409
    assert client.post("/things", json={"name": "fine"}, headers=headers).status_code == 201


def test_eight_at_once_with_one_key_have_one_effect(client, make_token, engine):
    headers = {**auth(make_token), "Idempotency-Key": "k3"}
    before = count(engine)
    answers = []
    threads = [
        threading.Thread(
            target=lambda: answers.append(client.post("/things", json={"name": "race"}, headers=headers).json()["id"])
        )
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(answers)) == 1
    assert len(answers) == 8
    assert count(engine) == before + 1
