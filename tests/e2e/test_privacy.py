"""A made-up person fills every store as people do, is erased, and is then looked for in all of them.

What stands outside the platform is not looked at: the demo's mailbox and the simulated telephones are other people's.
"""

import io
import json
import os
import secrets
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import httpx
import pyarrow.parquet as pq
import pytest
from e2e_support import TENANT, Booking, new_rut, until
from minio import Minio
from munbot_common.chile import format_rut
from munbot_common.traces import REMOVED
from pymongo import MongoClient
from redis import Redis
from sqlalchemy import create_engine, text

pytestmark = pytest.mark.platform

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
OUTSIDE = frozenset({"backups"})
"""Buckets that keep what was until it is rotated out; what is restored from them is erased again."""


@pytest.fixture
def munbot():
    """Callable: words of a ./munbot command that went well."""

    def run(*arguments):
        done = subprocess.run(
            [sys.executable, "-m", "munbot_cli", *arguments, "--project", os.environ["MUNBOT_TEST_PROJECT"]],
            env=os.environ | {"MUNBOT_ROOT": os.environ["MUNBOT_TEST_PROJECT_ROOT"]},
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


class Somebody:
    """A person of whom nobody else has anything."""

    def __init__(self):
        tail = "".join(secrets.choice("bcdfglmnrst") + secrets.choice("aeiou") for _ in range(4))
        digits = f"{secrets.randbelow(10**6):06d}"
        self.rut = new_rut()
        self.name = f"Zulema {tail.capitalize()}ñez"
        self.phone = f"+56988{digits}"
        self.email = f"zulema.{tail}@correo-de-prueba.cl"
        number = self.rut.split("-", maxsplit=1)[0]
        self.hints = (number, format_rut(self.rut)[:-2], f"{tail}ñez", f"{tail}nez", f"88{digits}", f"zulema.{tail}")

    @property
    def citizen(self):
        return {"rut": self.rut, "name": self.name, "phone": self.phone, "email": self.email}


def texts_of_postgres():
    server = urlsplit(os.environ["MUNBOT_TEST_POSTGRES_URL"].replace("postgresql://", "postgresql+psycopg2://", 1))
    root = create_engine(urlunsplit(server))
    with root.connect() as connection:
        names = connection.scalars(text("SELECT datname FROM pg_database WHERE NOT datistemplate")).all()
    root.dispose()
    for database in names:
        if database.startswith("t_"):  # of other tests
            continue
        engine = create_engine(urlunsplit(server._replace(path=f"/{database}")))
        with engine.connect() as connection:
            tables = connection.scalars(
                text("SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = 'public'")
            ).all()
            for table in tables:
                for row in connection.scalars(text(f"SELECT t::text FROM {table} t")):
                    yield f"postgres {database}.{table}", row
        engine.dispose()


def texts_of_mongo():
    with MongoClient(os.environ["MUNBOT_TEST_MONGO_URL"]) as client:
        for database in client.list_database_names():
            if database in {"admin", "config", "local"} or database.startswith("t_"):
                continue
            for collection in client[database].list_collection_names():
                for row in client[database][collection].find():
                    yield f"mongo {database}.{collection}", str(row)


def texts_of_objects():
    store = Minio(
        urlsplit(os.environ["MUNBOT_TEST_S3_ENDPOINT"]).netloc,
        access_key=os.environ["MUNBOT_TEST_S3_ACCESS_KEY"],
        secret_key=os.environ["MUNBOT_TEST_S3_SECRET_KEY"],
        secure=False,
    )
    for bucket in store.list_buckets():
        if bucket.name in OUTSIDE or bucket.name.startswith("t-"):
            continue
        for item in store.list_objects(bucket.name, recursive=True, include_version=True):
            place = f"objects {bucket.name}/{item.object_name}"
            yield place, item.object_name
            if item.is_delete_marker:
                continue
            content = store.get_object(bucket.name, item.object_name, version_id=item.version_id).data
            if item.object_name.endswith(".parquet"):
                yield place, str(pq.read_table(io.BytesIO(content)).to_pylist())
            else:
                yield place, content.decode(errors="replace")


def texts_of_redis():
    redis = Redis.from_url(os.environ["MUNBOT_TEST_REDIS_URL"])
    for key in redis.scan_iter():
        yield "redis", f"{key!r} {redis.dump(key)!r}"


def texts_of_disk():
    data = Path(os.environ["MUNBOT_TEST_DATA_DIR"])
    for folder in ("logs", "volumes"):
        for path in (data / folder).rglob("*"):
            if path.is_file() and path.stat().st_size < 200_000_000:
                if path.suffix == ".parquet":
                    yield f"disk {path.name}", str(pq.read_table(path).to_pylist())
                else:
                    yield f"disk {path.name}", path.read_text(encoding="utf-8", errors="replace")


def places_of(somebody):
    """Return every place that names the person."""
    sources = (texts_of_postgres, texts_of_mongo, texts_of_objects, texts_of_redis, texts_of_disk)
    return {
        (place, hint)
        for source in sources
        for place, content in source()
        for hint in somebody.hints
        if hint.lower() in content.lower()
    }


def book(somebody, service, slot, conversation_id):
    wish = {
        "procedure_id": slot["procedure_id"],
        "office_id": slot["office_id"],
        "start": slot["start"],
        "citizen": somebody.citizen,
        "channel": "web",
        "conversation_id": conversation_id,
        "notes": f"viene {somebody.name}",
    }
    made = service.post("/api/book-slot", json=wish, headers={"Idempotency-Key": secrets.token_hex(8)})
    assert made.status_code == 201, made.text
    return made.json()


def complain(somebody, service, visitor):
    ticket = visitor.http.post(
        "/api/complaints/v1/attachments", json={"filename": "foto.png", "content_type": "image/png", "size": len(PNG)}
    ).json()
    assert httpx.put(ticket["upload_url"], content=PNG, headers=ticket["headers"]).is_success
    assert visitor.http.post(f"/api/complaints/v1/attachments/{ticket['id']}/complete").is_success
    made = service.post(
        "/api/complaints/v1/complaints",
        json={
            "category": "aseo",
            "description": f"Soy {somebody.name}, {somebody.rut}, {somebody.email}: no pasa el camión de la basura",
            "citizen": somebody.citizen,
            "channel": "web",
            "conversation_id": visitor.conversation_id,
            "attachment_ids": [ticket["id"]],
        },
        headers={"Idempotency-Key": secrets.token_hex(8)},
    )
    assert made.status_code == 201, made.text
    return made.json()


def told(service, subject):
    answer = service.get("/api/notifications/v1/notifications", params={"limit": 100})
    assert answer.status_code == 200, answer.text
    items = answer.json()["items"]
    return any(subject in json.dumps(one) and one["state"] == "sent" for one in items)


@pytest.mark.skipif(
    os.environ.get("MUNBOT_TEST_ENGINE") == "containers", reason="stores in containers publish no port to look into"
)
def test_an_erased_person_is_in_no_store(munbot, service, visitor, agent, untouched_slot, tmp_path):
    somebody = Somebody()
    visitor.insist(f"Hola, soy {somebody.name}, mi RUT es {format_rut(somebody.rut)} y mi correo {somebody.email}")
    booking = Booking(visitor, rut=somebody.rut)
    booking.go_on(visitor.insist("quiero pedir hora para renovar la licencia de conducir"), visitor.insist)
    visitor.insist(somebody.rut)
    appointment = book(somebody, service, untouched_slot, visitor.conversation_id)
    complaint = complain(somebody, service, visitor)
    note = {"text": f"Llamar a {somebody.name} al {somebody.phone}"}
    conversation = f"/api/conversations/v1/conversations/{visitor.conversation_id}"
    assert agent.post(f"{conversation}/notes", json=note).status_code == 201
    started = service.post(
        "/api/whatsapp/v1/start",
        json={
            "to": somebody.phone,
            "account": TENANT,
            "flow": "appointment_confirmation",
            "data": {
                "name": somebody.name,
                "procedure": "Licencia",
                "when": "mañana",
                "office": "Tránsito",
                "code": appointment["code"],
            },
        },
        headers={"Idempotency-Key": secrets.token_hex(8)},
    )
    assert started.status_code == 202, started.text
    until(lambda: told(service, appointment["id"]) and told(service, complaint["id"]), "both mails", 300)

    before = places_of(somebody)
    stores = {place for place, _ in before}
    for part in ("conversations.public.messages", "scheduler.public.appointments", "rasa.public.events", "mongo"):
        assert any(part in place for place in stores), (part, stores)
    for part in ("notifications.public.notifications", "whatsapp.public.parts", "whatsapp.public.citizens"):
        assert any(part in place for place in stores), (part, stores)

    given = tmp_path / "export.json"
    munbot("privacy", "export", "--rut", somebody.rut, "--report", str(given))
    records = json.loads(given.read_text(encoding="utf-8"))["records"]
    assert {"conversations.messages", "scheduler.appointments", "complaints.complaints"} <= records.keys()
    assert given.stat().st_mode & 0o077 == 0

    report = tmp_path / "report.json"
    said = munbot("privacy", "erase", "--rut", format_rut(somebody.rut), "--yes", "--report", str(report))
    assert "nothing is left" in said
    assert places_of(somebody) == set()
    noted = report.read_text(encoding="utf-8")
    assert not any(hint in noted for hint in somebody.hints)
    assert json.loads(noted)["left"] == []
    case = agent.get(f"/api/complaints/v1/complaints/{complaint['folio']}").json()
    assert case["folio"] == complaint["folio"]
    assert REMOVED in case["description"]
    assert case["attachments"] == []
    assert "nothing of this person" in munbot("privacy", "find", "--rut", somebody.rut, "--tenant", TENANT)


def test_who_comes_back_with_an_older_backup_is_erased_again(munbot, service, untouched_slot):
    somebody = Somebody()
    munbot("privacy", "erase", "--rut", somebody.rut, "--yes")
    book(somebody, service, untouched_slot, None)  # as if a backup of before had been restored
    assert "scheduler.appointments" in munbot("privacy", "find", "--rut", somebody.rut)
    assert "1 of" in munbot("privacy", "reapply")
    assert "nothing of this person" in munbot("privacy", "find", "--rut", somebody.rut)
    book(somebody, service, untouched_slot, None)
    later = datetime.now(UTC).isoformat()
    assert "0 of 0" in munbot("privacy", "reapply", "--since", later)  # who came back by themselves stays
    assert "scheduler.appointments" in munbot("privacy", "find", "--rut", somebody.rut)
    munbot("privacy", "erase", "--rut", somebody.rut, "--yes")
