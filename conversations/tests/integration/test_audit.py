"""The audit log is a chain: what is changed afterwards is found."""

import threading
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from munbot_common.audit import audit_event
from munbot_common.auth import Principal, Role
from munbot_common.database import run_migrations, unit_of_work
from munbot_contracts.envelope import AnyEvent
from munbot_conversations.audit.consumer import AuditHandler
from munbot_conversations.audit.models import AuditEntry, AuditHead
from munbot_conversations.audit.service import check, record
from pydantic import ValidationError
from sqlalchemy import create_engine, delete, select, text, update
from sqlalchemy.orm import Session

VALLE, PUNTA = "valle-claro", "punta-brava"
PATH = "/v1/audit/verify"


@pytest.fixture
def note(session_factory):
    def make(number=1, tenant=VALLE, **changes):
        who = Principal(subject="service:test", role=Role.SERVICE, tenant=tenant)
        for index in range(number):
            after = {"ñandú": [index, None, {"b": True, "a": "x"}]}
            with unit_of_work(session_factory) as session:
                record(session, who, action="test", object_type="thing", object_id=index, after=after, **changes)

    return make


@pytest.fixture
def spoil(session_factory):
    """Callable: something is done to the log and found; then all is put back as it was."""

    def make(statement_of, tenant=VALLE):
        session = session_factory()
        try:
            ids = session.scalars(
                select(AuditEntry.id).where(AuditEntry.tenant_id == tenant).order_by(AuditEntry.id)
            ).all()
            session.execute(statement_of(ids), execution_options={"synchronize_session": False})
            session.expire_all()
            return check(session, tenant), ids
        finally:
            session.rollback()
            session.close()

    return make


def test_a_whole_log_is_found_whole(client, headers, note):
    note(3)
    found = client.get(PATH, headers=headers("admin")).json()
    assert (found["ok"], found["broken_at"]) == (True, None)
    assert found["entries"] >= 3
    newest = client.get("/v1/audit?limit=1", headers=headers("admin")).json()["items"][0]
    assert newest["hash"] == found["head"]


@pytest.mark.parametrize(
    "change", [{"actor": "somebody else"}, {"after": {"x": 1}}, {"object_id": "7"}, {"at": text("at + interval '1 s'")}]
)
def test_a_changed_entry_is_found(note, spoil, change):
    note(3)
    found, ids = spoil(lambda ids: update(AuditEntry).where(AuditEntry.id == ids[-2]).values(**change))
    assert found.broken_at == ids[-2]


def test_a_missing_entry_is_found(note, spoil):
    note(3)
    found, ids = spoil(lambda ids: delete(AuditEntry).where(AuditEntry.id == ids[-2]))
    assert found.broken_at == ids[-1]


def test_a_cut_off_end_is_found(note, spoil):
    note(2)
    found, _ = spoil(lambda ids: delete(AuditEntry).where(AuditEntry.id == ids[-1]))
    assert found.broken_at == 0


def test_an_entry_moved_to_another_tenant_is_found(note, spoil):
    note(2)
    note(1, PUNTA)
    found, ids = spoil(lambda ids: update(AuditEntry).where(AuditEntry.id == ids[-2]).values(tenant_id=PUNTA))
    assert found.broken_at == ids[-1]


def test_many_at_once_make_one_chain(note, session_factory):
    threads = [threading.Thread(target=note, args=(10, PUNTA)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with session_factory() as session:
        before = session.get(AuditHead, PUNTA).entries
        found = check(session, PUNTA)
    assert found.broken_at is None
    assert found.entries == before >= 40


def test_what_is_rolled_back_leaves_no_gap(note, session_factory):
    class Broken(Exception):
        pass

    who = Principal(subject="x", role=Role.ADMIN, tenant=VALLE)
    with pytest.raises(Broken), unit_of_work(session_factory) as session:
        record(session, who, action="test", object_type="thing", object_id=1)
        raise Broken
    note(1)
    with session_factory() as session:
        assert check(session, VALLE).broken_at is None


def test_it_is_for_administrators(client, headers):
    for role in ("agent", "viewer"):
        assert client.get(PATH, headers=headers(role)).status_code == 403


def test_it_is_searched_by_whom_and_what(client, headers, note):
    note(1)
    page = client.get("/v1/audit?actor=service:test&action=test", headers=headers("admin")).json()["items"]
    assert page
    assert {(item["actor"], item["action"]) for item in page} == {("service:test", "test")}
    assert client.get("/v1/audit?actor=nobody", headers=headers("admin")).json()["items"] == []


def test_a_log_from_before_becomes_a_chain(postgres_database):
    fresh = postgres_database.rsplit("/", 1)[0]
    engine = create_engine(postgres_database, isolation_level="AUTOCOMMIT")
    name = "t_chain_of_old_entries"
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = f"{fresh}/{name}"
    old = create_engine(url)
    try:
        with old.begin() as connection:
            connection.execute(text("CREATE EXTENSION pg_trgm"))
        run_migrations("munbot_conversations", url, "0005")
        with old.begin() as connection:
            for tenant in (VALLE, PUNTA):
                connection.execute(
                    text("INSERT INTO tenants (id, name, short_name, timezone) VALUES (:t, 'x', 'x', 'UTC')"),
                    {"t": tenant},
                )
            for number in range(6):
                connection.execute(
                    text(
                        "INSERT INTO audit_log (tenant_id, actor, actor_role, action, object_type, object_id, before,"
                        " after) VALUES (:t, 'a', 'admin', 'x', 'y', :n, NULL, '{\"ñ\": [1, null, true]}')"
                    ),
                    {"t": (VALLE, PUNTA)[number % 2], "n": str(number)},
                )
        run_migrations("munbot_conversations", url)
        with Session(old) as session:
            who = Principal(subject="x", role=Role.ADMIN, tenant=VALLE)
            record(session, who, action="test", object_type="thing", object_id=1)
            for tenant, entries in ((VALLE, 4), (PUNTA, 3)):
                found = check(session, tenant)
                assert (found.entries, found.broken_at) == (entries, None)
    finally:
        old.dispose()
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        engine.dispose()


class TestOfAnotherService:
    """What is about to be done elsewhere comes into the same chain, once."""

    def add(self, client, headers, agents, key, *, role="service", tenant=VALLE, **changes):
        wish = {
            "actor": str(agents[VALLE, "admin"]),
            "actor_role": "admin",
            "action": "dead_letters.discard",
            "object_type": "queue",
            "object_id": "whatsapp.outbound",
            "before": {"letters": ["a", "b"]},
            "after": {"letters": []},
        } | changes
        return client.post("/v1/audit", json=wish, headers=headers(role, tenant) | {"Idempotency-Key": key})

    def test_it_is_noted_once_with_who_what_before_and_after(self, client, headers, agents):
        before = client.get(PATH, headers=headers("admin")).json()["entries"]
        for _ in range(2):
            assert self.add(client, headers, agents, "once").status_code == 204
        found = client.get(PATH, headers=headers("admin")).json()
        assert (found["ok"], found["entries"]) == (True, before + 1)
        entry = client.get("/v1/audit?limit=1", headers=headers("admin")).json()["items"][0]
        assert (entry["actor"], entry["actor_role"]) == (str(agents[VALLE, "admin"]), "admin")
        assert (entry["action"], entry["object_id"]) == ("dead_letters.discard", "whatsapp.outbound")
        assert (entry["before"], entry["after"]) == ({"letters": ["a", "b"]}, {"letters": []})

    def test_two_at_once_are_noted_once(self, client, headers, agents):
        before = client.get(PATH, headers=headers("admin")).json()["entries"]
        answers = []
        threads = [
            threading.Thread(target=lambda: answers.append(self.add(client, headers, agents, "race").status_code))
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert answers == [204] * 4
        assert client.get(PATH, headers=headers("admin")).json()["entries"] == before + 1

    @pytest.mark.parametrize(
        ("changes", "status", "code"),
        [
            ({"role": "admin"}, 403, "forbidden"),
            ({"action": "not a name"}, 422, "invalid"),
            ({"key": "reused", "object_id": "another"}, 422, "idempotency_key_reused"),
        ],
    )
    def test_what_is_not_taken(self, client, headers, agents, changes, status, code):
        self.add(client, headers, agents, "reused")
        before = client.get(PATH, headers=headers("admin")).json()["entries"]
        answer = self.add(client, headers, agents, **{"key": f"key-{code}"} | changes)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert client.get(PATH, headers=headers("admin")).json()["entries"] == before

    def test_a_service_acts_by_itself(self, client, headers, agents):
        changes = {"actor": "service:data-lake", "actor_role": "service", "action": "import.run"}
        assert self.add(client, headers, agents, "import", **changes).status_code == 204
        entry = client.get("/v1/audit?limit=1", headers=headers("admin")).json()["items"][0]
        assert (entry["actor"], entry["action"]) == ("service:data-lake", "import.run")


class TestOfEvents:
    """What was done elsewhere comes into the same chain, once, with its own time."""

    ACTOR = Principal(subject="019358ef-0000-7000-8000-0000000000b1", role=Role.AGENT, tenant=VALLE)

    def told(self, number=1, tenant=VALLE, hour="hora-1"):
        actor = replace(self.ACTOR, tenant=tenant)
        moments = (datetime(2026, 11, 23, 12, minute, tzinfo=UTC) for minute in range(number))
        return [
            audit_event(
                actor,
                source="scheduler",
                action="appointment.cancelled",
                object_type="appointment",
                object_id=hour,
                before={"status": "booked", "sequence": index},
                after={"status": "cancelled"},
                clock=lambda moment=moment: moment,
            )
            for index, moment in enumerate(moments)
        ]

    def found(self, client, headers, hour, tenant=VALLE):
        path = f"/v1/audit?object_type=appointment&object_id={hour}"
        return client.get(path, headers=headers("admin", tenant)).json()["items"]

    def raw(self, events):
        return [AnyEvent.model_validate(event.model_dump(mode="json")) for event in events]

    def test_each_is_added_once_in_order(self, client, headers, session_factory):
        events = self.raw(self.told(3, hour="hora-once"))
        handler = AuditHandler(session_factory)
        handler([*events, events[1]])
        handler(events[:2])
        entries = self.found(client, headers, "hora-once")
        assert [entry["before"]["sequence"] for entry in entries] == [2, 1, 0]
        assert datetime.fromisoformat(entries[-1]["at"]) == events[0].time
        assert {(entry["actor"], entry["actor_role"]) for entry in entries} == {(self.ACTOR.subject, "agent")}
        assert entries[0]["correlation_id"] == events[2].correlationid
        assert client.get(PATH, headers=headers("admin")).json()["ok"]

    def test_tenants_have_chains_of_their_own(self, client, headers, session_factory):
        AuditHandler(session_factory)(self.raw([*self.told(tenant=PUNTA, hour="ajena"), *self.told(hour="propia")]))
        assert len(self.found(client, headers, "propia")) == 1
        assert self.found(client, headers, "ajena") == []
        assert len(self.found(client, headers, "ajena", PUNTA)) == 1

    def test_a_tenant_that_only_other_services_know_has_a_chain_too(self, session_factory):
        AuditHandler(session_factory)(self.raw(self.told(tenant="nowhere", hour="hora-nowhere")))
        with unit_of_work(session_factory) as session:
            found = check(session, "nowhere")
        assert (found.entries, found.broken_at) == (1, None)

    def test_a_batch_that_fails_leaves_nothing(self, client, headers, session_factory):
        good, bad = self.raw([*self.told(hour="hora-good"), *self.told(hour="hora-bad")])
        bad.data["action"] = "not a name"
        handler = AuditHandler(session_factory)
        with pytest.raises(ValidationError):
            handler([good, bad])
        assert self.found(client, headers, "hora-good") == []
        handler([good])
        assert len(self.found(client, headers, "hora-good")) == 1
        assert client.get(PATH, headers=headers("admin")).json()["ok"]

    def test_the_worker_hears_of_it(self, client, headers, worker, channel):
        assert worker.audit.wait_ready(10)
        (event,) = self.told(hour="hora-heard")
        for _ in range(2):
            channel.send(event)
        deadline = time.monotonic() + 10
        while not (entries := self.found(client, headers, "hora-heard")) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert len(entries) == 1
