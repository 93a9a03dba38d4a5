"""The four workflows run in a real n8n on real events; the mail that comes of each is the proof."""

import json
import os
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pika
import psycopg2
import pytest
from e2e_support import TENANT, new_rut, until
from pymongo import MongoClient
from standardwebhooks import Webhook

pytestmark = [pytest.mark.platform, pytest.mark.usefixtures("awake")]

CREW, OFFICE, HEAD, DESK = (f"{who}@{TENANT}.demo" for who in ("cuadrilla", "oirs", "admin", "soporte"))
ZONE = ZoneInfo("America/Santiago")
PUBLIC_URL = os.environ.get("MUNBOT_TEST_PUBLIC_URL", "")
OVERDUE, RATED = "/webhook/munbot-reclamo-vencido", "/webhook/munbot-respuesta-evaluada"


@pytest.fixture
def complain(service):
    """Callable: registers a complaint; gives it."""

    def make(category="aseo.retiro_basura", **citizen):
        wish = {
            "category": category,
            "description": "Hace dos semanas que no pasa el camión por el pasaje",
            "citizen": {"rut": new_rut(), "name": "Marcela Soto", **citizen},
            "channel": "web",
        }
        made = service.post("/api/complaints/v1/complaints", json=wish)
        assert made.status_code == 201, made.text
        return made.json()

    return make


@pytest.fixture
def signed(platform):
    """Callable: headers of Standard Webhooks over a body."""

    def sign(body, message_id="019358f2-0000-7000-8000-00000000000a", at=None, secret=None):
        at = at or datetime.now(UTC)
        signer = Webhook(secret or platform.secret("n8n_webhook_secret"))
        return {
            "content-type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": signer.sign(message_id, at, body),
        }

    return sign


def test_a_new_complaint_is_mailed_to_its_unit_and_confirmed_to_its_citizen(complain, mailbox):
    address = f"marcela.{time.time_ns()}@correo.demo"
    folio = complain(email=address)["folio"]
    to_unit = mailbox.wait(CREW, "Reclamo nuevo", folio)
    assert "Retiro de basura" in to_unit
    assert f"{PUBLIC_URL}/panel/reclamos/{folio}" in to_unit.split()
    assert "Marcela" not in to_unit, "what the unit need not know stays in the panel"
    confirmed = mailbox.wait(address, "Próximos pasos de su reclamo", folio)
    assert "Estimado/a Marcela Soto" in confirmed
    assert "Dirección de Aseo y Ornato" in confirmed
    assert f"{PUBLIC_URL}/t/{TENANT}/reclamo" in confirmed.split()


def test_units_without_a_mailbox_are_told_through_the_office(complain, mailbox):
    folio = complain(category="alumbrado.luminaria_apagada")["folio"]
    mailbox.wait(OFFICE, "Reclamo nuevo", folio, "Departamento de Alumbrado Público")


def test_a_citizen_who_wants_no_mail_gets_none_and_the_queue_goes_on(complain, mailbox, service):
    address = f"no.gracias.{time.time_ns()}@correo.demo"
    wish = {"channel": "email", "address": address}
    assert service.post("/api/notifications/v1/opt-outs", json=wish).status_code == 204
    folio = complain(email=address)["folio"]
    mailbox.wait(CREW, "Reclamo nuevo", folio)
    after = complain()["folio"]
    mailbox.wait(CREW, "Reclamo nuevo", after)
    assert mailbox.find(address) == []


def test_an_overdue_complaint_is_escalated(complain, mailbox):
    folio = complain()["folio"]
    with MongoClient(os.environ["MUNBOT_TEST_MONGO_URL"]) as mongo:  # its last day is over
        past = datetime.now(UTC) - timedelta(minutes=1)
        changed = mongo["complaints"]["complaints"].update_one({"folio": folio}, {"$set": {"clock.sweep_at": past}})
        assert changed.modified_count == 1
    escalated = mailbox.wait(HEAD, "Plazo vencido: reclamo", folio)
    assert "Dirección de Aseo y Ornato" in escalated
    assert f"{PUBLIC_URL}/panel/reclamos/{folio}" in escalated.split()
    mailbox.wait(CREW, "Plazo vencido: reclamo", folio)


def test_a_bad_rating_becomes_a_ticket(visitor, mailbox):
    question = f"¿cuántos libros presta la biblioteca? {time.time_ns() % 10**9}"
    answered = next(bubble for bubble in visitor.say(question) if bubble.get("answer"))
    path = f"/api/chat/messages/{answered['id']}/feedback"
    assert visitor.http.put(path, json={"value": "up"}).status_code == 200
    assert visitor.http.put(path, json={"value": "down"}).status_code == 200
    ticket = mailbox.wait(DESK, "Respuesta mal evaluada", answered["answer"]["question"][:60])
    assert answered["answer"]["sources"][0]["document"] in ticket
    assert f"{PUBLIC_URL}/panel/conversaciones/{visitor.conversation_id}" in ticket.split()


def test_tomorrow_s_agenda_is_mailed_to_the_office(service, mailbox):
    """It runs by the clock at 17:00; here the same workflow is run by n8n's own command."""
    tomorrow = datetime.now(ZONE).date() + timedelta(days=1)
    at = datetime.combine(tomorrow, datetime.min.time(), ZONE).replace(hour=10, minute=15)
    name = f"Rosa Agenda {time.time_ns() % 10**6}"
    with psycopg2.connect(_database("scheduler")) as connection, connection.cursor() as cursor:
        cursor.execute(  # an hour of the demo's, moved to tomorrow, which may be a holiday
            "UPDATE appointments SET starts_at = %s, ends_at = %s, name = %s WHERE id = (SELECT id FROM appointments"
            " WHERE tenant_id = %s AND live AND status = 'booked' ORDER BY starts_at LIMIT 1) RETURNING office_id",
            (at, at + timedelta(minutes=15), name, TENANT),
        )
        (office_id,) = cursor.fetchone()
    offices = service.get("/api/scheduler/v1/offices").json()["items"]
    office = next(one for one in offices if one["id"] == str(office_id))
    _execute("munbotAgenda0001")
    agenda = mailbox.wait(office["email"], "Agenda de mañana", name)
    assert "10:15  " in agenda
    assert tomorrow.strftime("%d-%m-%Y") in agenda
    assert office["name"] in agenda


@pytest.mark.parametrize("path", [OVERDUE, RATED])
def test_only_our_platform_is_listened_to(n8n, signed, path):
    body = json.dumps({"type": "munbot.webhook.test.v1", "tenant": TENANT, "data": {}})
    other = "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo="
    for headers in (
        {"content-type": "application/json"},
        signed(body, secret=other),
        signed(body + " "),
        signed(body, at=datetime.now(UTC) - timedelta(minutes=10)),
    ):
        assert n8n.post(path, content=body, headers=headers).status_code == 401
    foreign = json.dumps({"type": "munbot.webhook.test.v1", "tenant": "punta-brava", "data": {}})
    assert n8n.post(path, content=foreign, headers=signed(foreign)).status_code == 401


def test_what_is_sent_twice_is_mailed_once(n8n, signed, mailbox):
    words = f"¿repetida {time.time_ns()}?"
    data = {"value": "down", "question": words, "comment": None, "sources": [], "conversation_id": "c"}
    event = {"type": "munbot.message.feedback.v1", "tenant": TENANT, "data": data}
    body = json.dumps(event)
    for _ in range(2):
        assert n8n.post(RATED, content=body, headers=signed(body, f"twice-{words[10:-1]}")).status_code == 204
    mailbox.wait(DESK, words[:60])
    time.sleep(3)
    assert len(mailbox.find(DESK, words[:60])) == 1


def test_its_broker_s_user_may_read_its_queue_and_nothing_else(platform):
    broker = pika.URLParameters(os.environ["MUNBOT_TEST_RABBITMQ_URL"])
    broker.credentials = pika.PlainCredentials("n8n", platform.secret("n8n_broker_password"))
    with pika.BlockingConnection(broker) as connection:
        assert connection.channel().queue_declare("n8n.events", passive=True).method.consumer_count == 1
        for forbidden in (
            lambda channel: channel.queue_declare("another"),
            lambda channel: channel.queue_bind("n8n.events", "munbot.events", "#"),
            lambda channel: channel.basic_get("n8n.events.dead"),
            lambda channel: channel.basic_get("conversations.messages"),
            lambda channel: channel.basic_publish("munbot.events", "complaint.created.v1", b"{}") or channel.close(),
        ):
            channel = connection.channel()
            channel.confirm_delivery()
            with pytest.raises(pika.exceptions.ChannelClosedByBroker) as refused:
                forbidden(channel)
            assert refused.value.reply_code == 403


def test_nobody_can_make_themselves_its_owner(n8n, platform):
    settings = n8n.get("/rest/settings").json()["data"]
    assert settings["userManagement"]["showSetupOnFirstLoad"] is False
    assert n8n.get("/rest/workflows").status_code == 401
    body = {"emailOrLdapLoginId": "n8n@munbot.demo", "password": platform.secret("n8n_owner_password")}
    login = n8n.post("/rest/login", json=body)
    assert login.status_code == 200, login.text
    cookie = {"Cookie": f"n8n-auth={login.cookies['n8n-auth']}"}  # for https alone, so that the client keeps it back
    listed = n8n.get("/rest/workflows", headers=cookie).json()["data"]
    assert {item["name"] for item in listed if item["active"]} == {
        "Munbot: reclamo nuevo",
        "Munbot: reclamo vencido",
        "Munbot: respuesta mal evaluada",
        "Munbot: agenda de mañana",
    }


def test_it_keeps_nothing_of_what_went_well():
    with psycopg2.connect(_database("n8n")) as connection, connection.cursor() as cursor:

        def none_left():
            cursor.execute("SELECT count(*) FROM execution_entity WHERE status = 'success' AND \"deletedAt\" IS NULL")
            return cursor.fetchone()[0] == 0

        until(none_left, "executions that went well are forgotten", 60)


def _database(name):
    url = os.environ["MUNBOT_TEST_POSTGRES_URL"].replace("+psycopg2", "")
    return url.rpartition("/")[0] + f"/{name}"


def _execute(workflow):
    """Run one workflow by n8n's command, with the settings of the running n8n."""
    script = Path(os.environ["MUNBOT_TEST_DATA_DIR"]) / "run" / "scripts" / "n8n.sh"
    text = script.read_text(encoding="utf-8").replace("start.sh", f"start.sh execute {workflow}")
    done = subprocess.run(["sh", "-c", text], capture_output=True, text=True, check=False, timeout=600)
    assert "Execution was successful" in done.stdout, done.stdout[-3000:] + done.stderr[-3000:]
