"""The clock of personal data: who has not written for long is forgotten, and nobody else."""

import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from io import BytesIO
from types import SimpleNamespace

import pytest
from munbot_common.ids import uuid7
from munbot_common.outbox import make_event
from munbot_common.problems import Unavailable
from munbot_contracts.complaints import COMPLAINT_COMMENTED, ComplaintCommented
from munbot_conversations.audit.models import AuditEntry
from munbot_conversations.audit.service import check
from munbot_conversations.contacts.models import Contact, ContactAddress
from munbot_conversations.conversations.models import Conversation
from munbot_conversations.feedback.models import MessageFeedback
from munbot_conversations.files.store import FileStore
from munbot_conversations.messages.models import Message
from munbot_conversations.notes.models import Note
from munbot_conversations.notices.consumer import NoticeHandler
from munbot_conversations.numbers.models import Visit
from munbot_conversations.privacy.clock import PrivacyClock
from munbot_conversations.privacy.erasing import Eraser
from munbot_conversations.settings import WorkerSettings
from munbot_conversations.turns.rasa import RasaClient
from munbot_conversations.unanswered import repository as unanswered
from munbot_conversations.unanswered.models import UnansweredQuestion
from pydantic import ValidationError
from sqlalchemy import func, select, text

DAYS = 730
OLD = timedelta(days=DAYS + 1)
SETTINGS = {"database_url": "postgresql://nowhere/x", "rabbitmq_url": "amqp://nowhere", "rasa_url": "http://nowhere"}


@pytest.fixture
def files(api_settings):
    opened = FileStore(api_settings)
    yield opened
    opened.close()


@pytest.fixture
def make_clock(session_factory, files, rasa):
    """Callable that makes a clock, as each worker has one."""
    opened = []

    def make(ahead=timedelta(0)):
        opened.append(RasaClient(rasa.url, timeout=5))
        eraser = Eraser(files, opened[-1])
        return PrivacyClock(session_factory, eraser, days=DAYS, clock=lambda: datetime.now(UTC) + ahead)

    yield make
    for client in opened:
        client.close()


@pytest.fixture
def forget(make_clock):
    """Callable that lets the clock look once and tells what it counted. What other tests left is young."""
    return lambda **options: dict(make_clock(**options).forget_old())


@pytest.fixture
def talk(hears, session_factory):
    """Callable: somebody writes on WhatsApp; their conversation, contact and message, as old as is wished."""

    def make(words="hola", *, address=None, age=OLD, name="Rosa Huenchumán", **changes):
        address = address or f"569{uuid7().int % 10**8:08d}"
        event = hears(words, channel="whatsapp", account="oficina", address=address)
        with session_factory.begin() as session:
            message = session.get_one(Message, event.data.message_id)
            conversation = session.get_one(Conversation, message.conversation_id)
            contact = session.get_one(Contact, conversation.contact_id)
            contact.name, contact.rut, contact.phone = name, "9876543-3", f"+{address}"
            contact.email, contact.search = "rosa@correo.cl", f"rosa huenchuman {address}"
            contact.created_at -= age
            conversation.created_at -= age
            conversation.last_message_at -= age
            conversation.last_inbound_at -= age
            for field, value in changes.items():
                setattr(conversation, field, value)
        return SimpleNamespace(conversation=conversation.id, contact=contact.id, message=message.id, address=address)

    return make


def counted(session_factory, model, *where):
    with session_factory() as session:
        return session.scalar(select(func.count()).select_from(model).where(*where))


def versions(store, prefix):
    return list(store.list_objects("hub-tests", prefix=prefix, recursive=True, include_version=True))


def with_file(store, session_factory, one):
    key = f"whatsapp/oficina/{one.message}.jpg"
    for number in range(2):
        store.put_object("hub-tests", key, BytesIO(b"x%d" % number), 2)
    with session_factory.begin() as session:
        media = {"bucket": "hub-tests", "key": key, "content_type": "image/jpeg", "size": 2}
        session.get_one(Message, one.message).media = media
    assert len(versions(store, key)) == 2
    return key


def untouched(session_factory, one):
    with session_factory() as session:
        conversation = session.get_one(Conversation, one.conversation)
        contact = session.get_one(Contact, one.contact)
        said = session.get(Message, one.message)
        return (conversation.address, contact.rut, said is not None) == (one.address, "9876543-3", True)


def emptied(session_factory, one):
    with session_factory() as session:
        address = session.get_one(Conversation, one.conversation).address
        return address == f"erased:{one.conversation}" and session.get(Message, one.message) is None


def test_the_old_lose_all_and_the_figures_stay(talk, forget, session_factory, store, rasa, client, headers, agents):
    old, young = talk("me llamo Rosa", summary="Rosa pide hora"), talk(age=OLD - timedelta(days=2))
    keys = [with_file(store, session_factory, one) for one in (old, young)]
    with session_factory.begin() as session:
        session.add(MessageFeedback(message_id=old.message, tenant_id="valle-claro", value="up", rated_by="visitor"))
        for message in (old.message, young.message):
            unanswered.count(
                session,
                tenant="valle-claro",
                question="¿hay feria?",
                now=datetime.now(UTC),
                conversation_id=old.conversation,
                message_id=message,
            )
        before = session.get_one(Conversation, old.conversation)
    note = client.post(
        f"/v1/conversations/{old.conversation}/notes", json={"text": "Rosa viene"}, headers=headers("agent")
    )
    assert note.status_code == 201, note.text

    assert forget() == {"conversations": 1, "files": 2, "contacts": 1}

    assert emptied(session_factory, old)
    assert untouched(session_factory, young)
    assert versions(store, keys[0]) == []
    assert len(versions(store, keys[1])) == 2
    assert str(old.conversation) in rasa.forgotten
    assert str(young.conversation) not in rasa.forgotten
    for model in (Message, Note):
        assert counted(session_factory, model, model.conversation_id == old.conversation) == 0
    assert counted(session_factory, MessageFeedback) == 0
    assert counted(session_factory, ContactAddress, ContactAddress.contact_id == old.contact) == 0
    assert counted(session_factory, Visit, Visit.conversation_id == old.conversation) == 1
    with session_factory() as session:
        contact = session.get_one(Contact, old.contact)
        assert (contact.name, contact.rut, contact.phone, contact.email, contact.search) == (None, None, None, None, "")
        after = session.get_one(Conversation, old.conversation)
        for kept in ("channel", "account", "created_at", "last_message_at", "last_seq", "inbound_count"):
            assert getattr(after, kept) == getattr(before, kept), kept
        assert (after.status, after.last_text, after.summary) == ("closed", "", None)
        question = session.scalars(select(UnansweredQuestion)).one()
        assert (question.count, question.conversation_id) == (1, None)
        assert check(session, "valle-claro").broken_at is None
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "privacy.expire")).all()
        told = [{kind: entry.after[kind] for kind in entry.after if kind != "last_seen_before"} for entry in entries]
        assert told == [{"conversations": 1}, {"contacts": 1}]

    assert forget() == {}
    assert counted(session_factory, AuditEntry, AuditEntry.action == "privacy.expire") == 2
    assert untouched(session_factory, young)


def test_who_still_writes_keeps_name_and_address(talk, forget, session_factory):
    first = talk(status="closed", closed_at=datetime.now(UTC) - OLD)
    second = talk(address=first.address, age=timedelta(0))
    assert first.contact == second.contact
    assert forget() == {"conversations": 1, "files": 0}
    assert emptied(session_factory, first)
    assert untouched(session_factory, second)
    assert counted(session_factory, ContactAddress, ContactAddress.contact_id == first.contact) == 1


@pytest.mark.parametrize(
    "held",
    [
        {"mode": "human", "human_until": datetime(2100, 1, 1, tzinfo=UTC)},
        {"waiting_since": datetime(2020, 1, 1, tzinfo=UTC)},
    ],
    ids=["a-person-has-the-word", "waits-for-a-person"],
)
def test_a_persons_conversation_stays_until_it_is_closed(held, talk, forget, session_factory, client, headers):
    one = talk(**held)
    assert forget() == {}
    assert untouched(session_factory, one)
    assert client.post(f"/v1/conversations/{one.conversation}/close", headers=headers("agent")).status_code == 200
    assert forget() == {"conversations": 1, "files": 0, "contacts": 1}
    assert emptied(session_factory, one)


def test_a_contact_that_an_official_put_right_stays(talk, forget, session_factory, client, headers):
    one = talk()
    changed = client.patch(f"/v1/contacts/{one.contact}", json={"name": "Rosa Díaz"}, headers=headers("agent"))
    assert changed.status_code == 200, changed.text
    assert forget() == {"conversations": 1, "files": 0}
    assert emptied(session_factory, one)
    with session_factory() as session:
        assert session.get_one(Contact, one.contact).name == "Rosa Díaz"
    assert forget(ahead=OLD)["contacts"] >= 1
    with session_factory() as session:
        assert session.get_one(Contact, one.contact).name is None


def test_a_contact_who_never_wrote_goes_too(forget, session_factory):
    with session_factory.begin() as session:
        old, young = (
            Contact(tenant_id="valle-claro", name="Pedro", search="pedro", created_at=datetime.now(UTC) - age)
            for age in (OLD, timedelta(days=1))
        )
        session.add_all([old, young])
    assert forget() == {"contacts": 1}
    with session_factory() as session:
        assert [session.get_one(Contact, one.id).name for one in (old, young)] == [None, "Pedro"]


def test_nothing_is_forgotten_while_a_store_is_away(talk, forget, session_factory, store, rasa):
    one = talk()
    key = with_file(store, session_factory, one)
    rasa.status = 503
    with pytest.raises(Unavailable):
        forget()
    assert untouched(session_factory, one)
    assert len(versions(store, key)) == 2
    rasa.status = 200
    assert forget() == {"conversations": 1, "files": 2, "contacts": 1}


def test_what_somebody_holds_is_left_for_later(talk, forget, session_factory):
    held, free = talk(), talk()
    with session_factory.begin() as session:
        session.get_one(Conversation, held.conversation, with_for_update=True)
        assert forget() == {"conversations": 1, "files": 0, "contacts": 1}
    assert untouched(session_factory, held)
    assert emptied(session_factory, free)
    assert forget() == {"conversations": 1, "files": 0, "contacts": 1}


def test_two_workers_share_the_work(talk, make_clock, session_factory):
    everybody = [talk() for _ in range(120)]
    with session_factory.begin() as session:
        for number, one in enumerate(everybody):
            unanswered.count(
                session,
                tenant="valle-claro",
                question=f"¿pregunta {'abcdefg'[number % 7]}?",
                now=datetime.now(UTC),
                conversation_id=one.conversation,
                message_id=one.message,
            )
    done, start = [], threading.Barrier(2)

    def work():
        clock = make_clock()
        start.wait(10)
        done.append(clock.forget_old())

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(done) == 2
    assert sum(one["conversations"] for one in done) == 120
    assert all(emptied(session_factory, one) for one in everybody)
    asked = UnansweredQuestion.question.startswith("¿pregunta")
    assert counted(session_factory, UnansweredQuestion, asked) == 0
    # Whoever looked for contacts before the other had emptied their conversations leaves them to the next look.
    rest = make_clock().forget_old()
    assert sum(one["contacts"] for one in [*done, rest]) == 120
    with session_factory() as session:
        assert check(session, "valle-claro").broken_at is None


def test_a_worker_killed_between_files_and_rows_does_it_again(
    talk, forget, session_factory, store, worker_settings, s3, until
):
    one = talk()
    key = with_file(store, session_factory, one)
    endpoint, access_key, secret_key = s3
    environment = {
        **os.environ,
        "PORT": "0",
        "DATABASE_URL": worker_settings.database_url,
        "RABBITMQ_URL": worker_settings.rabbitmq_url,
        "RASA_URL": worker_settings.rasa_url,
        "S3_ENDPOINT": endpoint,
        "S3_ACCESS_KEY": access_key,
        "S3_SECRET_KEY": secret_key,
        "ATTACHMENTS_BUCKET": "hub-tests",
    }
    with session_factory() as session:  # the rows cannot go, so that the worker is met between files and rows
        session.get_one(Message, one.message, with_for_update={"of": Message})
        worker = subprocess.Popen(
            [sys.executable, "-m", "munbot_conversations", "worker"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            until(lambda: versions(store, key) == [], timeout=60)
        finally:
            worker.send_signal(signal.SIGKILL)
            worker.wait(30)
        session.rollback()
    assert untouched(session_factory, one)
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"

    def nobody_waits():
        with session_factory() as session:
            return session.scalar(text(waiting)) == 0

    until(nobody_waits)
    assert forget() == {"conversations": 1, "files": 0, "contacts": 1}
    assert emptied(session_factory, one)


def test_news_of_a_forgotten_conversation_reach_whoever_is_still_known(talk, forget, session_factory):
    gone = talk()
    first = talk(status="closed", closed_at=datetime.now(UTC) - OLD)
    live = talk(address=first.address, age=timedelta(0))
    assert forget()["conversations"] == 2
    handler = NoticeHandler(session_factory, lambda: None)
    for one in (gone, first):
        example = ComplaintCommented.model_config["json_schema_extra"]["examples"][0]
        data = ComplaintCommented.model_validate(
            example | {"conversation_id": str(one.conversation), "author": "agent", "public": True, "text": "Listo"}
        )
        handler(make_event(source="t", event_type=COMPLAINT_COMMENTED, subject="x", tenant="valle-claro", data=data))
    told = counted(
        session_factory, Message, Message.conversation_id == live.conversation, Message.sender_type == "system"
    )
    assert told == 1
    assert counted(session_factory, Message, Message.conversation_id == gone.conversation) == 0
    assert counted(session_factory, ContactAddress, ContactAddress.address.startswith("erased:")) == 0


def test_zero_is_never(talk, session_factory, start_worker, api_settings, until):
    one = talk(age=timedelta(days=10_000))
    never = start_worker(files=FileStore(api_settings), conversation_days=0)
    assert never.privacy is None
    assert "privacy" not in never.loops()
    assert untouched(session_factory, one)
    by_default = start_worker(files=FileStore(api_settings))
    assert by_default.settings.conversation_days == DAYS
    until(lambda: emptied(session_factory, one))


@pytest.mark.parametrize("days", [-1, 1, 29, 36_501])
def test_days_that_are_refused(days):
    with pytest.raises(ValidationError):
        WorkerSettings(**SETTINGS, conversation_days=days)


@pytest.mark.parametrize("days", [0, 30, 36_500])
def test_days_that_are_taken(days):
    assert WorkerSettings(**SETTINGS, conversation_days=days).conversation_days == days
