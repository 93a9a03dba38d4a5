"""What officials did with a complaint or an appointment reaches the citizen where it came from."""

from datetime import UTC, datetime

import pytest
from munbot_common.ids import uuid7
from munbot_common.outbox import make_event
from munbot_contracts.appointments import APPOINTMENT_BOOKED, APPOINTMENT_EVENTS, APPOINTMENT_RESCHEDULED
from munbot_contracts.complaints import (
    COMPLAINT_COMMENTED,
    COMPLAINT_CREATED,
    COMPLAINT_EVENTS,
    COMPLAINT_STATUS_CHANGED,
)
from munbot_conversations.notices.consumer import NoticeHandler
from munbot_conversations.notices.rules import notice_of

NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)


def example(event_type, tenant="valle-claro", **changes):
    """The contract's own example, changed."""
    schema = (COMPLAINT_EVENTS | APPOINTMENT_EVENTS)[event_type]
    data = schema.model_validate(schema.model_config["json_schema_extra"]["examples"][0] | changes)
    return make_event(source="test", event_type=event_type, subject="x", tenant=tenant, data=data)


def moved(conversation_id, **changes):
    wanted = {"status": "resolved", "reason": "Pasó el camión", "changed_by": "agent"} | changes
    return example(COMPLAINT_STATUS_CHANGED, conversation_id=str(conversation_id), **wanted)


@pytest.fixture
def worker(start_worker):
    running = start_worker()
    assert running.notices.wait_ready(10)
    return running


@pytest.fixture
def known(worker, channel, received):
    """A conversation that a citizen opened."""
    message = received()
    channel.send(message)
    return channel.wait_for("message.handled.v1")[0]["conversation_id"]


def test_a_move_is_told_once_where_the_complaint_came_from(known, channel, client, headers):
    event = moved(known)
    channel.send(event)
    channel.send(event)
    channel.send(example(COMPLAINT_COMMENTED, conversation_id=known, text="Gracias por avisar."))
    channel.wait_for("message.outbound.v1", 3)
    listed = client.get(f"/v1/conversations/{known}/messages", headers=headers("agent")).json()["items"]
    assert [(item["sender_type"], item["text"]) for item in listed[2:]] == [
        ("system", "Novedades de su reclamo REC-2026-000123-K: resuelto. Pasó el camión"),
        ("system", "Respuesta a su reclamo REC-2026-000123-K: Gracias por avisar."),
    ]
    assert [item["seq"] for item in listed] == [1, 2, 3, 4]


def test_an_appointment_that_an_official_moved_is_told(known, channel):
    channel.send(
        example(
            APPOINTMENT_RESCHEDULED,
            conversation_id=known,
            start="2026-11-24T13:15:00Z",
            changed_by="admin",
            reason="La funcionaria está con licencia",
        )
    )
    told = max(channel.wait_for("message.outbound.v1", 2), key=lambda item: item["seq"])["text"]
    assert "martes 24 de noviembre a las 10:15 hrs." in told
    assert told.endswith("Motivo: La funcionaria está con licencia")


def test_a_closed_conversation_is_gone_on_in_a_new_one(known, channel, client, headers):
    client.post(f"/v1/conversations/{known}/close", headers=headers("agent"))
    channel.send(moved(known))
    told = channel.wait_for("message.outbound.v1", 2)
    new = next(item for item in told if item["text"].startswith("Novedades"))
    assert str(new["conversation_id"]) != str(known)
    assert new["recipient"] == told[0]["recipient"]


def test_another_office_s_conversation_is_not_written_to(known, session_factory, client, headers):
    woken = []
    handle = NoticeHandler(session_factory, lambda: woken.append(1), lambda: NOW)
    handle(example(COMPLAINT_STATUS_CHANGED, "punta-brava", conversation_id=known, changed_by="agent"))
    handle(moved(uuid7()))
    listed = client.get(f"/v1/conversations/{known}/messages", headers=headers("agent")).json()["items"]
    assert [item["seq"] for item in listed] == [1, 2]


@pytest.fixture
def contact(known, client, headers):
    """Callable: who wrote in the known conversation."""

    def read(**changed):
        if changed:
            client.patch(f"/v1/contacts/{the_id}", json=changed, headers=headers("agent")).raise_for_status()
        return client.get(f"/v1/contacts/{the_id}", headers=headers("agent")).raise_for_status().json()

    the_id = client.get(f"/v1/conversations/{known}", headers=headers("agent")).json()["contact"]["id"]
    return read


def test_who_books_is_known_by_name_and_found_by_it(known, contact, channel, client, headers, until):
    person = {"rut": "15482903-2", "name": "Marcela Soto", "phone": "+56987654321", "email": "marcela@example.cl"}
    event = example(APPOINTMENT_BOOKED, conversation_id=known, citizen=person)
    channel.send(event)
    channel.send(event)
    until(lambda: contact()["email"])
    assert {name: contact()[name] for name in person} == person
    found = client.get("/v1/conversations", params={"q": "marcela soto"}, headers=headers("agent")).json()["items"]
    assert [item["id"] for item in found] == [known]


def test_what_an_official_noted_of_a_citizen_stays(known, contact, channel, until):
    contact(name="Marcela Soto Rivas")
    someone = {"rut": "15482903-2", "name": "Pedro Soto", "phone": None}
    channel.send(example(COMPLAINT_CREATED, conversation_id=known, citizen=someone))
    until(lambda: contact()["rut"])
    assert contact()["name"] == "Marcela Soto Rivas"


@pytest.mark.parametrize(
    "event",
    [
        moved(uuid7(), changed_by="citizen"),
        moved(uuid7(), changed_by=None),
        example(COMPLAINT_STATUS_CHANGED, changed_by="agent", conversation_id=None),
        example(COMPLAINT_COMMENTED, public=False),
        example(COMPLAINT_COMMENTED, author="citizen"),
        example(APPOINTMENT_RESCHEDULED, changed_by="visitor"),
        example("munbot.complaint.overdue.v1"),
        example(COMPLAINT_CREATED),
    ],
)
def test_what_is_not_told(event):
    assert notice_of(event) is None
