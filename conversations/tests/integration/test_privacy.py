"""A person's rights over their conversations: nothing of them is left in any table, file or tracker."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from munbot_common.traces import mark_of
from munbot_conversations.app import create_app
from munbot_conversations.audit.service import check
from munbot_conversations.contacts.models import Contact
from munbot_conversations.conversations.models import Conversation
from munbot_conversations.messages.models import Message
from munbot_conversations.unanswered import repository as unanswered
from sqlalchemy import select, text

RUT, PHONE = "15482903-2", "+56987654321"
PERSON = {"rut": RUT}
HINTS = ("15482903", "15.482.903", "Quilodrán", "quilodran", "87654321", "marcela@correo.cl")


@pytest.fixture
def asks(api_settings, session_factory, rasa, headers):
    """Callable that asks the API; the dialogue is one that remembers which trackers it was told to forget."""
    from fastapi.testclient import TestClient

    settings = api_settings.model_copy(update={"rasa_url": rasa.url})
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:

        def ask(what, body=PERSON, *, role="service", tenant="valle-claro"):
            return client.post(f"/v1/privacy/{what}", json=body, headers=headers(role, tenant))

        ask.client = client
        yield ask


def named(session_factory):
    found = set()
    with session_factory() as session:
        tables = session.scalars(text("SELECT table_name FROM information_schema.tables WHERE table_schema='public'"))
        for name in tables.all():
            for row in session.execute(text(f'SELECT t::text FROM "{name}" t')).scalars():
                found.update((name, hint) for hint in HINTS if hint in row)
    return found


def talks(hears, session_factory, store, headers, agents):
    """One person on WhatsApp with everything that a conversation may hold; somebody else who names them."""
    first = hears(
        "Soy Marcela Quilodrán, rut 15.482.903-2",
        channel="whatsapp",
        account="oficina",
        address=PHONE.removeprefix("+"),
    )
    hears("mi correo es marcela@correo.cl", channel="whatsapp", account="oficina", address=PHONE.removeprefix("+"))
    other = hears("avísele a marcela quilodran, al 9 8765 4321 por favor")
    with session_factory.begin() as session:
        message = session.get_one(Message, first.data.message_id)
        talk = session.get_one(Conversation, message.conversation_id)
        contact = session.get_one(Contact, talk.contact_id)
        contact.rut, contact.name, contact.phone = RUT, "Marcela Quilodrán", PHONE
        contact.search = f"marcela quilodran {PHONE} {RUT}"
        talk.summary = talk.handoff_summary = "La señora Marcela Quilodrán pide hora"
        for number in range(2):
            store.put_object("hub-tests", "conversations/foto.jpg", BytesIO(b"x%d" % number), 2)
        message.media = {
            "bucket": "hub-tests",
            "key": "conversations/foto.jpg",
            "content_type": "image/jpeg",
            "size": 2,
        }
        for question in ("¿aceptan perros?", "¿cuánto vale?"):
            unanswered.count(
                session,
                tenant="valle-claro",
                question=question,
                now=datetime.now(UTC),
                conversation_id=talk.id,
                message_id=message.id,
            )
        theirs = session.get_one(Message, other.data.message_id)
        unanswered.count(
            session, tenant="valle-claro", question="¿cuánto vale?", now=datetime.now(UTC), message_id=theirs.id
        )
        return talk.id, contact.id, theirs.id


def test_after_erasing_nothing_is_left(asks, hears, session_factory, store, headers, agents, rasa):
    talk_id, contact_id, other_id = talks(hears, session_factory, store, headers, agents)
    note = asks.client.post(
        f"/v1/conversations/{talk_id}/notes",
        json={"text": "Marcela Quilodrán viene el lunes"},
        headers=headers("agent"),
    )
    assert note.status_code == 201, note.text
    found = asks("find").json()
    counts = {one["store"]: one["count"] for one in found["holdings"]}
    assert counts == {
        "conversations.contacts": 1,
        "conversations.contact_addresses": 1,
        "conversations.conversations": 1,
        "conversations.messages": 2,
        "conversations.conversation_notes": 1,
        "objects.attachments": 1,
        "rasa.events": 3,
    }
    assert {one["store"] for one in found["mentions"]} >= {"conversations.messages"}
    assert found["known"]["phones"] == [PHONE]
    assert found["known"]["conversations"] == [str(talk_id)]
    exported = asks("export").json()["records"]
    assert {row["text"] for row in exported["conversations.messages"]} >= {"mi correo es marcela@correo.cl"}
    assert exported["conversations.conversation_notes"]

    person = {**found["known"], "emails": ["marcela@correo.cl"]}
    erased = asks("erase", person).json()
    assert erased["kept"][0]["reason"]
    assert named(session_factory) == set()
    left = store.list_objects("hub-tests", prefix="conversations/foto.jpg", recursive=True, include_version=True)
    assert list(left) == []
    assert str(talk_id) in rasa.forgotten
    with session_factory() as session:
        talk = session.get_one(Conversation, talk_id)
        assert (talk.status, talk.last_text, talk.summary) == ("closed", "", None)
        assert "[dato eliminado]" in session.get_one(Message, other_id).text
        assert session.get_one(Contact, contact_id).rut is None
        assert check(session, "valle-claro").broken_at is None
        questions = session.execute(text("SELECT question, count FROM unanswered_questions")).all()
        assert [tuple(row) for row in questions] == [("¿cuánto vale?", 1)]
    again = asks("erase", person).json()
    assert (again["erased"], again["cleaned"]) == ([], [])
    left = asks("find", person).json()
    assert (left["holdings"], left["mentions"]) == ([], [])


def test_nothing_is_erased_while_the_dialogue_is_away(asks, hears, session_factory, rasa):
    event = hears("hola, soy yo", channel="whatsapp", account="oficina", address="56911112222")
    with session_factory.begin() as session:
        message = session.get_one(Message, event.data.message_id)
        contact = session.get_one(Contact, session.get_one(Conversation, message.conversation_id).contact_id)
        contact.rut, contact.phone = "12345678-5", "+56911112222"
    rasa.status = 503
    assert asks("erase", {"rut": "12345678-5"}).status_code == 503
    with session_factory() as session:
        assert session.get(Message, event.data.message_id).text == "hola, soy yo"
    rasa.status = 200
    assert asks("erase", {"rut": "12345678-5"}).json()["erased"]


def test_somebody_else_with_the_same_telephone_stays(asks, hears, session_factory):
    event = hears("hola", channel="whatsapp", account="oficina", address="56933334444")
    with session_factory.begin() as session:
        message = session.get_one(Message, event.data.message_id)
        contact = session.get_one(Contact, session.get_one(Conversation, message.conversation_id).contact_id)
        contact.rut, contact.phone, contact.name = "7654321-6", "+56933334444", "Pedro Rojas Rojas"
    person = {"rut": "11111111-1", "phones": ["+56933334444"], "names": ["Pedro Rojas Rojas"]}
    assert asks("erase", person).json()["erased"] == []
    assert asks("find", person).json()["mentions"] == []
    with session_factory() as session:
        assert session.scalar(select(Contact.phone).where(Contact.rut == "7654321-6")) == "+56933334444"


def test_put_right_and_known_again(asks, hears, session_factory, headers):
    event = hears("hola", channel="whatsapp", account="oficina", address="56955556666")
    with session_factory.begin() as session:
        message = session.get_one(Message, event.data.message_id)
        contact = session.get_one(Contact, session.get_one(Conversation, message.conversation_id).contact_id)
        contact.rut, contact.name = "22222222-2", "Ana Dias"
        contact_id = contact.id
    wish = {"person": {"rut": "22222222-2"}, "name": "Ana Díaz"}
    assert asks("rectify", wish).json()["changed"] == [{"store": "conversations.contacts", "count": 1}]
    assert asks("rectify", wish).json()["changed"] == []
    with session_factory() as session:
        contact = session.get_one(Contact, contact_id)
        assert (contact.name, "ana diaz" in contact.search) == ("Ana Díaz", True)
    marks = {"key": "k" * 32, "marks": [mark_of("k" * 32, "valle-claro", "22222222-2")]}
    assert asks("match", marks).json() == {"ruts": ["22222222-2"]}
    assert asks("match", marks, tenant="punta-brava").json() == {"ruts": []}
    assert asks("find", role="agent").status_code == 403
