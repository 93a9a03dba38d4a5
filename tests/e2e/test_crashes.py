"""Processes die in the middle of a booking: the next message goes on, and there is exactly one appointment."""

import threading
import time

import pytest
from e2e_support import Booking, until
from processes import Processes

pytestmark = pytest.mark.platform

OURS = [
    "scheduler",
    "scheduler-worker",
    "conversations",
    "conversations-worker",
    "web-interface",
    "rasa-actions",
    "rasa",
    "llm-gateway",
    "llm-worker",
]
HALFWAY = 0.03  # seconds into a turn: after the message has left the citizen, before it is answered


@pytest.fixture(scope="module")
def processes(platform):
    found = Processes.of_platform()
    if isinstance(found, str):
        pytest.skip(found)
    return found


@pytest.fixture
def booking(visitor, service, bookings_of):
    wish = Booking(visitor)
    yield wish
    for appointment in bookings_of(wish.rut):
        service.post(f"/api/scheduler/v1/appointments/{appointment['id']}/cancel", json={"reason": "e2e"})


def _later(act):
    def run():
        time.sleep(HALFWAY)
        act()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_a_booking_without_accidents(visitor, booking, bookings_of):
    booking.finish(booking.start(visitor.say), visitor.say)
    assert len(bookings_of(booking.rut)) == 1


@pytest.mark.parametrize("name", OURS)
def test_a_killed_process_costs_nothing(processes, visitor, booking, bookings_of, name):
    bubbles = booking.start(visitor.say)
    victim = processes.pid(name)
    killer = _later(lambda: processes.kill(victim))
    _, bubbles = booking.go_on(bubbles, visitor.insist)
    killer.join()
    processes.wait_reborn(name, victim)
    booking.finish(bubbles, visitor.insist)
    assert len(until(lambda: bookings_of(booking.rut), "the appointment")) == 1
    history = visitor.history()
    assert [item["seq"] for item in history] == sorted({item["seq"] for item in history})
    told = [item["text"] for item in history if "Su código es" in item["text"]]
    assert len(told) == 1


@pytest.mark.parametrize("name", ["rasa-actions", "conversations-worker", "scheduler"])
def test_killed_at_the_very_moment_of_booking(processes, visitor, booking, bookings_of, name):
    bubbles = booking.start(visitor.say)
    while not (ready := any("affirm" in b["payload"] for bubble in bubbles for b in bubble.get("buttons") or ())):
        _, bubbles = booking.go_on(bubbles, visitor.say)
    assert ready
    victim = processes.pid(name)
    killer = _later(lambda: processes.kill(victim))
    _, bubbles = booking.go_on(bubbles, visitor.insist)
    killer.join()
    processes.wait_reborn(name, victim)
    if not bookings_of(booking.rut):
        booking.finish(bubbles, visitor.insist)
    assert len(bookings_of(booking.rut)) == 1


def test_while_rasa_is_away_messages_wait_and_the_citizen_is_told_once(processes, visitor):
    visitor.say("hola")
    processes.stop("rasa")
    try:
        first = visitor.post("¿qué horario tienen?", wait=20)
        assert first.status_code == 200, first.text
        assert first.json()["outcome"] in {"deferred", "pending"}
        second = visitor.post("¿y dónde quedan?", wait=None)
        assert second.status_code == 202
        notices = until(
            lambda: [item for item in visitor.history() if item["sender_type"] == "system"], "the notice", seconds=60
        )
        assert len(notices) == 1
    finally:
        processes.start("rasa")
    asked = [first.json()["message_id"], second.json()["message_id"]]

    def both_answered():
        history = visitor.history()
        answers = {item["in_reply_to"] for item in history if item["sender_type"] == "bot"}
        return history if answers.issuperset(asked) else None

    history = until(both_answered, "both questions answered", seconds=180)
    assert sum(item["sender_type"] == "system" for item in history) == 1
    assert [item["text"] for item in history if item["direction"] == "in"] == [
        "hola",
        "¿qué horario tienen?",
        "¿y dónde quedan?",
    ]
