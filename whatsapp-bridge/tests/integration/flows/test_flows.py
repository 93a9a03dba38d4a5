"""What the office begins with a citizen, by the API."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from munbot_common.ids import uuid7
from munbot_whatsapp.citizens.models import Citizen
from munbot_whatsapp.deliveries.models import Delivery, Part
from sqlalchemy import select, text

DATA = {
    "name": "Marcela",
    "procedure": "Licencia clase B",
    "when": "martes 24 de noviembre a las 10:15",
    "office": "Tránsito",
    "code": "H7KQ-3M2X",
}
PHONE, ADDRESS = "+56912345678", "56912345678"


@pytest.fixture
def account(add_account, sessions):
    with sessions.begin() as session:
        for table in ("deliveries", "citizens", "outbox", "idempotency_keys", "accounts"):
            session.execute(text(f"DELETE FROM {table}"))
    return add_account()


@pytest.fixture
def call(client, bearer):
    def call(path, json=None, *, role="service", tenant="valle-claro", **headers):
        all_headers = bearer(role, tenant) | headers
        if json is None:
            return client.get(path, headers=all_headers)
        return client.post(path, json=json, headers=all_headers)

    return call


@pytest.fixture
def stored(sessions):
    """Callable that returns rows."""

    def rows(model):
        with sessions() as session:
            return session.scalars(select(model)).all()

    return rows


@pytest.fixture
def wrote(sessions, account):
    """Callable that lets the citizen have written so many hours ago."""

    def write(hours, **fields):
        with sessions.begin() as session:
            at = datetime.now(UTC) - timedelta(hours=hours)
            session.merge(
                Citizen(account_id=account.id, address=ADDRESS, tenant_id="valle-claro", last_inbound_at=at, **fields)
            )

    return write


def outbox(sessions):
    with sessions() as session:
        return [row.body for row in session.execute(text("SELECT body FROM outbox ORDER BY seq"))]


def test_a_message_is_queued_told_to_the_hub_and_can_be_followed(account, call, wrote, stored, sessions):
    wrote(1)
    answer = call(
        "/v1/message",
        {"to": "9 1234 5678", "text": "Su licencia está lista", "buttons": [{"title": "Gracias", "payload": "/thank"}]},
    )
    assert answer.status_code == 202
    assert answer.json()["status"] == "queued"
    (delivery,), (part,) = stored(Delivery), stored(Part)
    assert (str(delivery.id), delivery.address, delivery.origin) == (answer.json()["id"], ADDRESS, "office")
    assert part.body == {"text": "Su licencia está lista", "buttons": [{"id": "/thank", "title": "Gracias"}]}
    (event,) = outbox(sessions)
    assert event["type"] == "munbot.message.initiated.v1"
    assert event["data"]["message_id"] == answer.json()["id"]
    assert event["data"]["recipient"] == {"address": ADDRESS, "name": None, "phone": PHONE}
    assert event["data"]["buttons"] == [{"title": "Gracias", "payload": "/thank"}]
    progress = call(f"/v1/status/{answer.json()['id']}", role="viewer")
    assert progress.status_code == 200
    assert progress.json()["account"] == account.slug
    assert [(part["number"], part["state"], part["status"]) for part in progress.json()["parts"]] == [
        (0, "queued", "queued")
    ]
    assert stored(Citizen)[0].due_at is not None


@pytest.mark.parametrize(("hours", "template"), [(1, False), (23, False), (24, True), (None, True)])
def test_outside_the_24_hours_a_flow_goes_as_its_template(account, call, wrote, stored, hours, template):
    if hours is not None:
        wrote(hours)
    answer = call("/v1/start", {"flow": "appointment_confirmation", "to": PHONE, "data": DATA})
    assert answer.status_code == 202
    (part,) = stored(Part)
    assert ("template" in part.body) is template
    if template:
        assert part.body["template"]["name"] == "confirmacion_de_hora"
        assert part.body["template"]["parameters"] == list(DATA.values())
    else:
        assert [button["title"] for button in part.body["buttons"]] == ["Sí, asistiré", "No podré ir"]


@pytest.mark.parametrize("hours", [24, None])
def test_outside_the_24_hours_words_without_a_template_are_refused(account, call, wrote, stored, sessions, hours):
    if hours is not None:
        wrote(hours)
    answer = call("/v1/message", {"to": PHONE, "text": "Hola"})
    assert (answer.status_code, answer.json()["code"]) == (409, "window_closed")
    assert stored(Delivery) == []
    assert outbox(sessions) == []


def test_where_there_is_no_such_window_words_are_taken_at_any_time(account, call, sessions):
    with sessions.begin() as session:
        session.execute(text("UPDATE accounts SET provider = 'evolution'"))
    assert call("/v1/message", {"to": PHONE, "text": "Hola"}).status_code == 202


@pytest.mark.parametrize("path", ["/v1/message", "/v1/start"])
def test_who_opted_out_is_not_written_to(account, call, wrote, stored, sessions, path):
    wrote(1, opted_out_at=datetime.now(UTC))
    body = {"text": "Hola"} if path == "/v1/message" else {"flow": "appointment_reminder", "data": DATA}
    answer = call(path, {"to": PHONE, **body})
    assert (answer.status_code, answer.json()["code"]) == (409, "opted_out")
    assert stored(Delivery) == []
    assert outbox(sessions) == []


def test_the_same_key_sends_once_and_another_body_is_refused(account, call, wrote, stored):
    wrote(1)
    body = {"to": PHONE, "text": "Hola"}
    first = call("/v1/message", body, **{"Idempotency-Key": "k1"})
    again = call("/v1/message", body, **{"Idempotency-Key": "k1"})
    assert first.json() == again.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    other = call("/v1/message", body | {"text": "Otra cosa"}, **{"Idempotency-Key": "k1"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert len(stored(Delivery)) == 1


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"flow": "nothing", "data": DATA}, 404, "flow_unknown"),
        ({"flow": "appointment_reminder", "data": DATA | {"code": " "}}, 422, "flow_data_invalid"),
        ({"flow": "appointment_reminder", "data": DATA | {"color": "azul"}}, 422, "flow_data_invalid"),
        ({"flow": "appointment_reminder"}, 422, "flow_data_invalid"),
        ({"flow": "appointment_reminder", "data": DATA, "to": "12"}, 422, "phone_invalid"),
        ({"flow": "appointment_reminder", "data": DATA, "account": "nobody"}, 404, "account_unknown"),
    ],
)
def test_what_cannot_be_started_is_refused_with_its_reason(account, call, stored, body, status, code):
    answer = call("/v1/start", {"to": PHONE, **body})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert stored(Delivery) == []


def test_what_a_flow_needs_is_named(account, call):
    answer = call("/v1/start", {"to": PHONE, "flow": "complaint_update", "data": {"name": "Ana", "extra": "x"}})
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [
        ("data.detail", "missing"),
        ("data.folio", "missing"),
        ("data.status", "missing"),
        ("data.extra", "unknown"),
    ]


def test_an_office_with_several_numbers_says_from_which(account, call, add_account, stored):
    second = add_account()
    body = {"to": PHONE, "flow": "appointment_reminder", "data": DATA}
    answer = call("/v1/start", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "account_required")
    assert set(answer.json()["accounts"]) == {account.slug, second.slug}
    assert call("/v1/start", body | {"account": second.slug}).json()["account"] == second.slug
    assert stored(Delivery)[0].account_id == second.id


def test_a_number_that_is_switched_off_sends_nothing(account, call, add_account):
    inactive = add_account(active=False)
    answer = call("/v1/message", {"to": PHONE, "text": "Hola", "account": inactive.slug})
    assert (answer.status_code, answer.json()["code"]) == (409, "account_inactive")


def test_another_tenant_sees_and_sends_nothing(account, call, wrote):
    wrote(1)
    made = call("/v1/message", {"to": PHONE, "text": "Hola"}).json()
    other = call(f"/v1/status/{made['id']}", role="admin", tenant="punta-brava")
    assert (other.status_code, other.json()["code"]) == (404, "message_unknown")
    answer = call("/v1/message", {"to": PHONE, "text": "Hola", "account": account.slug}, tenant="punta-brava")
    assert (answer.status_code, answer.json()["code"]) == (404, "account_unknown")


@pytest.mark.parametrize(
    ("role", "status"), [("admin", 202), ("agent", 202), ("service", 202), ("viewer", 403), ("visitor", 403)]
)
def test_who_may_send(account, call, wrote, role, status):
    wrote(1)
    assert call("/v1/message", {"to": PHONE, "text": "Hola"}, role=role).status_code == status


def test_without_a_token_nothing_is_answered(account, client):
    assert client.post("/v1/message", json={"to": PHONE, "text": "Hola"}).status_code == 401
    assert client.get(f"/v1/status/{uuid7()}").status_code == 401


def test_an_unknown_message_is_not_found(account, call):
    assert call(f"/v1/status/{UUID(int=0)}").status_code == 404
