"""Registering, reading and moving complaints, over HTTP and on the real store."""

import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest


def test_a_complaint_gets_a_folio_and_a_date(client, file_complaint, as_):
    receipt = file_complaint()
    assert receipt["folio"] == "REC-2026-000001-3"
    assert receipt["status"] == "received"
    assert receipt["status_label"] == "Recibido"
    assert receipt["unit"] == "Dirección de Aseo"
    assert receipt["due_date"] == "2026-11-30"
    assert receipt["created_at"] == "2026-11-23T10:00:00-03:00"

    found = client.get(f"/v1/complaints/{receipt['folio'].lower()}", headers=as_("viewer")).json()
    assert found["created_at"] == receipt["created_at"]
    assert found["citizen"] == {
        "rut": "15482903-2",
        "name": "Marcela Soto",
        "phone": "+56987654321",
        "email": None,
    }
    assert found["place"] == {"address": "Villa Los Aromos, pasaje 3", "latitude": -33.407, "longitude": -70.57}
    assert [entry["action"] for entry in found["history"]] == ["created"]


def test_each_office_counts_for_itself(file_complaint):
    assert file_complaint()["folio"] == "REC-2026-000001-3"
    assert file_complaint(tenant="punta-brava")["folio"] == "REC-2026-000001-3"
    assert file_complaint()["folio"] == "REC-2026-000002-1"


def test_a_new_year_counts_from_one(file_complaint, clock):
    file_complaint()
    clock.set(datetime(2027, 1, 1, 2, 30, tzinfo=UTC))  # still 31 December in Santiago
    assert file_complaint()["folio"].startswith("REC-2026-000002-")
    clock.set(datetime(2027, 1, 1, 3, 30, tzinfo=UTC))
    assert file_complaint()["folio"].startswith("REC-2027-000001-")


def test_the_same_key_registers_once(client, as_, body, database):
    headers = as_("service") | {"Idempotency-Key": "k-1"}
    first = client.post("/v1/complaints", json=body(), headers=headers)
    again = client.post("/v1/complaints", json=body(), headers=headers)
    assert again.status_code == 201
    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert database["complaints"].count_documents({}) == 1

    other = client.post("/v1/complaints", json=body(description="Otra cosa muy distinta"), headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")

    elsewhere = client.post("/v1/complaints", json=body(), headers=headers | {"X-Munbot-Tenant": "punta-brava"})
    assert elsewhere.json()["id"] != first.json()["id"]


def test_the_stored_answer_does_not_change_with_the_complaint(client, as_, file_complaint):
    receipt = file_complaint(key="k-2")
    client.post(
        f"/v1/complaints/{receipt['folio']}/status",
        json={"status": "in_review", "reason": "Visto"},
        headers=as_("agent"),
    )
    assert file_complaint(key="k-2") == receipt


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"citizen": {"rut": "12.345.678-9"}}, "rut_invalid"),
        ({"citizen": {"rut": ""}}, "rut_invalid"),
        ({"citizen": {"rut": "15482903-2", "phone": "123"}}, "phone_invalid"),
        ({"citizen": {"rut": "15482903-2", "email": "no es correo"}}, "email_invalid"),
        ({"description": "corto"}, "description_too_short"),
        ({"description": "😀" * 40}, "description_too_short"),
        ({"description": ""}, "description_too_short"),
        ({"category": "no_existe"}, "category_unknown"),
        ({"place": {"address": "x", "latitude": 3}}, "place_invalid"),
        ({"attachment_ids": [str(uuid4())]}, "attachment_unknown"),
    ],
)
def test_bad_input_is_named(client, as_, body, change, code):
    answer = client.post("/v1/complaints", json=body(**change), headers=as_("service"))
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"description": "\\ud800 medio caracter partido en dos"}',
        b'{"description": "\\u0000 un texto con cero adentro"}',
        b'{"place": {"latitude": 1e999, "longitude": NaN}}',
        b"\xff\xfe",
    ],
)
def test_broken_bodies_are_refused(client, as_, raw):
    answer = client.post("/v1/complaints", content=raw, headers=as_("service") | {"Content-Type": "application/json"})
    assert 400 <= answer.status_code < 500


def test_ten_thousand_characters_and_half_a_character_are_refused(client, as_, body):
    assert client.post("/v1/complaints", json=body(description="a" * 10_000), headers=as_("service")).status_code == 422
    half = json.dumps(body(description="texto largo con medio \ud800 caracter"))  # as an escape, so valid JSON
    headers = as_("service") | {"Content-Type": "application/json"}
    answer = client.post("/v1/complaints", content=half, headers=headers)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["description"]


def test_html_is_kept_as_text(client, as_, file_complaint):
    words = "<script>alert('hola')</script> el poste está apagado"
    folio = file_complaint(description=words)["folio"]
    assert client.get(f"/v1/complaints/{folio}", headers=as_("agent")).json()["description"] == words


def test_the_whole_way_of_a_complaint(client, as_, file_complaint, clock):
    folio = file_complaint()["folio"]
    url = f"/v1/complaints/{folio}"
    clock.forward(hours=1)
    taken = client.post(f"{url}/assign", json={"assignee": "agent-7", "unit": "Emergencias"}, headers=as_("agent"))
    assert (taken.json()["assignee"], taken.json()["unit"], taken.json()["version"]) == ("agent-7", "Emergencias", 2)
    for status in ("in_review", "forwarded", "resolved", "closed", "reopened", "rejected"):
        clock.forward(hours=1)
        moved = client.post(f"{url}/status", json={"status": status, "reason": f"a {status}"}, headers=as_("agent"))
        assert moved.status_code == 200, moved.text
        assert moved.json()["status"] == status
    said = client.post(f"{url}/comments", json={"text": "Nota interna"}, headers=as_("admin", subject="ana"))
    assert said.status_code == 201
    history = said.json()["history"]
    assert [entry["action"] for entry in history] == ["created", "assigned", *["status_changed"] * 6, "commented"]
    assert history[2]["before"] == {"status": "received"}
    assert history[2]["after"] == {"status": "in_review"}
    assert history[2]["reason"] == "a in_review"
    assert history[-1]["actor"] == {"subject": "ana", "role": "admin"}
    assert said.json()["version"] == 9


@pytest.mark.parametrize("status", ["received", "reopened", "closed"])
def test_illegal_moves_are_refused(client, as_, file_complaint, status):
    folio = file_complaint()["folio"]
    answer = client.post(
        f"/v1/complaints/{folio}/status", json={"status": status, "reason": "porque sí"}, headers=as_("agent")
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "transition_illegal")
    assert "Recibido" in answer.json()["detail"]


@pytest.mark.parametrize("reason", [{}, {"reason": ""}, {"reason": "   "}])
def test_a_move_says_why(client, as_, file_complaint, reason):
    folio = file_complaint()["folio"]
    answer = client.post(f"/v1/complaints/{folio}/status", json={"status": "in_review"} | reason, headers=as_("agent"))
    assert (answer.status_code, answer.json()["code"]) == (422, "reason_required")


def test_two_officials_on_one_complaint(client, as_, file_complaint):
    url = f"/v1/complaints/{file_complaint()['folio']}"
    first = client.post(
        f"{url}/status", json={"status": "in_review", "reason": "Visto", "version": 1}, headers=as_("agent")
    )
    second = client.post(
        f"{url}/status", json={"status": "rejected", "reason": "No procede", "version": 1}, headers=as_("admin")
    )
    assert first.status_code == 200
    assert (second.status_code, second.json()["code"]) == (409, "version_conflict")
    problem = second.json()
    assert (problem["your_version"], problem["current_version"], problem["current"]["status"]) == (1, 2, "in_review")


def test_the_clock_waits_with_the_office(client, as_, file_complaint, clock, make_token):
    conversation = str(uuid4())
    folio = file_complaint(conversation_id=conversation)["folio"]
    url = f"/v1/complaints/{folio}"
    clock.forward(days=1)
    client.post(f"{url}/status", json={"status": "waiting_citizen", "reason": "Falta una foto"}, headers=as_("agent"))
    assert client.get(url, headers=as_("agent")).json()["clock"] == "paused"
    clock.forward(days=3)  # Tuesday to Friday: three business days
    mine = as_("visitor", conversation_id=conversation)
    answered = client.post(f"{url}/comments", json={"text": "Aquí está la foto"}, headers=mine).json()
    assert answered["status"] == "in_review"
    assert answered["clock"] == "running"
    assert answered["due_date"] == "2026-12-03"


def test_a_citizen_sees_only_their_own(client, as_, body):
    one, other = str(uuid4()), str(uuid4())
    mine = as_("visitor", conversation_id=one)
    folio = client.post("/v1/complaints", json=body(conversation_id=other), headers=mine).json()["folio"]
    url = f"/v1/complaints/{folio}"
    client.post(f"{url}/comments", json={"text": "Solo para nosotros"}, headers=as_("agent"))
    client.post(f"{url}/comments", json={"text": "Vamos el jueves", "public": True}, headers=as_("agent"))

    seen = client.get(url, headers=mine).json()
    assert [comment["text"] for comment in seen["comments"]] == ["Vamos el jueves"]
    assert {entry["actor"]["subject"] for entry in seen["history"]} == {""}
    assert [item["folio"] for item in client.get("/v1/complaints", headers=mine).json()["items"]] == [folio]

    stranger = as_("visitor", conversation_id=other)
    assert client.get(url, headers=stranger).status_code == 404
    assert client.get(f"/v1/complaints?conversation_id={one}", headers=stranger).json()["items"] == []
    assert client.post(f"{url}/comments", json={"text": "hola"}, headers=stranger).status_code == 404


def test_roles_and_tenants(client, as_, file_complaint):
    folio = file_complaint()["folio"]
    url = f"/v1/complaints/{folio}"
    visitor = as_("visitor", conversation_id=str(uuid4()))
    move = {"status": "in_review", "reason": "x"}
    calls = [
        ("post", f"{url}/status", {"json": move}, {"viewer", "visitor"}),
        ("post", f"{url}/assign", {"json": {"assignee": "yo"}}, {"viewer", "visitor"}),
        ("post", f"{url}/comments", {"json": {"text": "x"}}, {"viewer"}),
        ("get", "/v1/complaints/export.csv", {}, {"visitor"}),
        (
            "put",
            "/v1/categories/nueva",
            {"json": {"name": "N", "unit": "U", "deadline_days": 3}},
            {"viewer", "agent", "visitor"},
        ),
        ("put", "/v1/calendar", {"json": {}}, {"viewer", "agent", "visitor"}),
    ]
    for verb, path, arguments, refused in calls:
        for role in refused:
            headers = visitor if role == "visitor" else as_(role)
            assert client.request(verb, path, headers=headers, **arguments).status_code == 403, (verb, path, role)
        assert client.request(verb, path, **arguments).status_code == 401
        assert client.request(verb, path, headers={"Authorization": "Bearer x.y.z"}, **arguments).status_code == 401
    for role in ("admin", "agent", "viewer", "service"):
        there = as_(role, "punta-brava")
        assert client.get(url, headers=there).status_code == 404
        assert client.get("/v1/complaints", headers=there).json()["items"] == []
    assert client.post(f"{url}/status", json=move, headers=as_("agent", "punta-brava")).status_code == 404


@pytest.mark.parametrize(
    "folio", ["REC-2026-000001-4", "REC-2026-000010-3", "REC-2062-000001-3", "hola", "%20", "a" * 50]
)
def test_a_slip_in_the_folio_is_noticed(client, as_, folio):
    answer = client.get(f"/v1/complaints/{folio}", headers=as_("agent"))
    assert (answer.status_code, answer.json()["code"]) == (422, "folio_invalid")
