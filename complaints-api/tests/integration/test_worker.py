"""Events reach the broker; the overdue sweep speaks once."""

import json
import threading
import time
from collections import Counter

import pika
import pytest
from munbot_common.messaging import EXCHANGE, BrokerUnavailable, Publisher
from munbot_complaints.relay import ComplaintRelay, Lease
from munbot_complaints.waiting import RELAYED, WaitingEvents
from munbot_complaints.worker import OverdueSweep
from munbot_contracts import EVENT_TYPES, Event


@pytest.fixture
def queue(rabbitmq_url):
    """A queue bound to complaint events and notes; a callable returns those (or these) that have come in."""
    connection = pika.BlockingConnection(pika.URLParameters(rabbitmq_url))
    channel = connection.channel()
    channel.exchange_declare(EXCHANGE, "topic", durable=True)
    name = channel.queue_declare("", exclusive=True).method.queue
    for key in ("complaint.#", "audit.noted.v1"):
        channel.queue_bind(name, EXCHANGE, key)

    def drain(*, notes=False):
        found = []
        while True:
            method, _, body = channel.basic_get(name, auto_ack=True)
            if method is None:
                return found
            if (method.routing_key == "audit.noted.v1") is notes:
                found.append((method.routing_key, json.loads(body)))

    yield drain
    connection.close()


@pytest.fixture
def publisher(rabbitmq_url, queue):
    publisher = Publisher(rabbitmq_url, name="test").start()
    assert publisher.wait_ready(10)
    yield publisher
    publisher.close()


@pytest.fixture
def make_relay(database, publisher):
    def make(**changes):
        values = {"publisher": publisher, "lease": Lease(database, "relay", seconds=30)} | changes
        sources = [WaitingEvents(database[name]) for name in RELAYED]
        return ComplaintRelay(sources, values.pop("publisher"), values.pop("lease"), **values)

    return make


def test_every_change_is_told_in_order(client, as_, file_complaint, make_relay, queue, database):
    receipt = file_complaint()
    url = f"/v1/complaints/{receipt['folio']}"
    agent = as_("agent")
    client.post(f"{url}/comments", json={"text": "Vamos", "public": True}, headers=agent)
    for status in ("in_review", "resolved", "reopened"):
        client.post(f"{url}/status", json={"status": status, "reason": f"a {status}"}, headers=agent)
    assert make_relay().relay_batch() == 10  # each with its note
    received = queue()
    assert [key for key, _ in received] == [
        "complaint.created.v1",
        "complaint.commented.v1",
        "complaint.status_changed.v1",
        "complaint.status_changed.v1",
        "complaint.reopened.v1",
    ]
    for _, body in received:
        event = Event[EVENT_TYPES[body["type"]]].model_validate(body)
        assert event.tenant == "valle-claro"
        assert event.data.folio == receipt["folio"]
    assert received[3][1]["data"]["status"] == "resolved"
    assert received[3][1]["data"]["previous_status"] == "in_review"
    assert received[3][1]["data"]["due_date"] is None
    assert make_relay().relay_batch() == 0
    left = database["complaints"].find_one({})
    assert left["pending_events"] == []
    assert left["relay"] == {"pending": False}


def test_settings_are_relayed_too_and_in_order(client, as_, make_relay, queue, database):
    new = {"name": "Ruidos", "unit": "Inspección", "deadline_days": 3}
    for days in (3, 4, 5):
        client.put("/v1/categories/ruidos", json=new | {"deadline_days": days}, headers=as_("admin"))
    client.put("/v1/map", json={"max_zoom": 17}, headers=as_("admin"))
    client.put("/v1/calendar", json={"cutoff": "16:00"}, headers=as_("admin", "otra-comuna"))
    assert make_relay().relay_batch() == 5
    told = [body["data"] for _, body in queue(notes=True)]
    assert [data["after"]["deadline_days"] for data in told if data["object_id"] == "ruidos"] == [3, 4, 5]
    assert {data["action"] for data in told} == {
        "complaint_category.created",
        "complaint_category.changed",
        "map.changed",
        "deadline_calendar.changed",
    }
    for name, setting in (("categories", "valle-claro:ruidos"), ("maps", "valle-claro"), ("calendars", "otra-comuna")):
        left = database[name].find_one({"_id": setting})
        assert (left["pending_events"], left["relay"]) == ([], {"pending": False})
        database[name].delete_one({"_id": setting})
    assert make_relay(lease=type("Free", (), {"hold": lambda _: True})()).relay_batch() == 0


def test_a_relay_that_dies_after_publishing_tells_again_with_the_same_ids(
    file_complaint, make_relay, queue, monkeypatch
):
    file_complaint()
    with monkeypatch.context() as dying, pytest.raises(KeyboardInterrupt):
        dying.setattr(WaitingEvents, "remove", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        make_relay().relay_batch()
    assert make_relay(lease=type("Free", (), {"hold": lambda _: True})()).relay_batch() == 2
    assert len({body["id"] for _, body in queue()}) == 1


def test_what_comes_in_while_publishing_stays(client, as_, file_complaint, make_relay, queue, publisher):
    folio = file_complaint()["folio"]

    class Slow:
        def publish_and_wait(self, messages):
            publisher.publish_and_wait(messages)
            client.post(f"/v1/complaints/{folio}/comments", json={"text": "mientras tanto"}, headers=as_("agent"))

    assert make_relay(publisher=Slow()).relay_batch() == 2
    assert make_relay(lease=type("Free", (), {"hold": lambda _: True})()).relay_batch() == 2
    assert Counter(key for key, _ in queue()) == {"complaint.created.v1": 1, "complaint.commented.v1": 1}


def test_nothing_is_lost_while_the_broker_is_away(file_complaint, make_relay, queue, database):
    file_complaint()

    class Away:
        def publish_and_wait(self, _messages):
            raise BrokerUnavailable

    lease = Lease(database, "relay", seconds=30)
    with pytest.raises(BrokerUnavailable):
        make_relay(publisher=Away(), lease=lease).relay_batch()
    assert make_relay(lease=lease).relay_batch() == 2
    assert len(queue()) == 1


def test_one_relay_at_a_time(database, clock):
    one = Lease(database, "x", seconds=30, clock=clock)
    two = Lease(database, "x", seconds=30, clock=clock)
    assert one.hold()
    assert one.hold()
    assert not two.hold()
    clock.forward(seconds=31)
    assert two.hold()
    assert not one.hold()
    two.release()
    assert one.hold()


def test_the_loop_ends_when_told(make_relay, file_complaint, queue):
    file_complaint()
    stop = threading.Event()
    thread = threading.Thread(target=make_relay(idle_seconds=0.05).run, args=(stop,))
    thread.start()
    received, deadline = [], time.monotonic() + 20
    while not received and time.monotonic() < deadline:
        received = queue()
        stop.wait(0.05)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    assert [key for key, _ in received] == ["complaint.created.v1"]


def test_overdue_is_told_once(client, as_, file_complaint, app, repository, clock, make_relay, queue):
    late, settled, waiting = (file_complaint()["folio"] for _ in range(3))
    agent = as_("agent")
    client.post(f"/v1/complaints/{settled}/status", json={"status": "resolved", "reason": "x"}, headers=agent)
    client.post(f"/v1/complaints/{waiting}/status", json={"status": "waiting_citizen", "reason": "x"}, headers=agent)
    make_relay().relay_batch()
    queue()
    sweep = OverdueSweep(repository, app.state.services.complaints, clock)
    clock.forward(days=7, hours=13, minutes=59)  # Monday 30, 23:59 in Santiago
    assert sweep() == 0
    clock.forward(minutes=1)
    assert sweep() == 1
    assert sweep() == 0
    make_relay(lease=type("Free", (), {"hold": lambda _: True})()).relay_batch()
    ((key, body),) = queue()
    assert (key, body["data"]["folio"]) == ("complaint.overdue.v1", late)
    assert body["data"]["overdue_since"] == "2026-12-01T00:00:00-03:00"
    found = client.get(f"/v1/complaints/{late}", headers=agent).json()
    assert found["overdue"] is True
    assert found["history"][-1]["action"] == "overdue"

    client.post(f"/v1/complaints/{late}/status", json={"status": "resolved", "reason": "x"}, headers=agent)
    client.post(f"/v1/complaints/{late}/status", json={"status": "reopened", "reason": "x"}, headers=agent)
    assert client.get(f"/v1/complaints/{late}", headers=agent).json()["overdue"] is False
    clock.forward(days=30)
    assert sweep() == 1  # the new term, again once
    assert sweep() == 0


def test_two_sweeps_at_once_tell_once(file_complaint, app, repository, clock, waiting, noted):
    file_complaint()
    clock.forward(days=30)
    rows = repository.due_for_sweep(clock(), 10)
    service = app.state.services.complaints
    assert [service.mark_overdue(row) for row in [*rows, *rows]] == [True, False]
    assert [body["type"] for body in waiting()] == ["munbot.complaint.created.v1", "munbot.complaint.overdue.v1"]
    assert [action for action, _, _ in noted()] == ["complaint.created", "complaint.became_overdue"]
