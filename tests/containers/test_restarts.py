"""Containers go away and come back, one after the other and all at once."""

from pathlib import Path

import pytest
import yaml
from e2e_support import Booking, Visitor, until
from processes import wait_healthy

pytestmark = pytest.mark.platform

PATIENCE = 300  # seconds: an engine's checks of a busy machine are slow
COMPOSE_FILE = Path(__file__).resolve().parents[2] / "docker-compose.yml"
LONG_RUNNING = [
    name
    for name, service in yaml.safe_load(COMPOSE_FILE.read_text(encoding="utf-8"))["services"].items()
    if service["restart"] != "no" and "profiles" not in service
]

ON_THE_WAY = [
    "postgres", "redis", "rabbitmq", "scheduler", "scheduler-worker", "conversations", "conversations-worker",
    "rasa-actions", "rasa", "web-interface", "nginx",
]  # fmt: skip
"""What a booking in the chat goes through: restarted one by one."""
BESIDE = [name for name in LONG_RUNNING if name not in ON_THE_WAY]
"""The others: restarted together, and nobody who books may notice."""


def wait_up(stack):
    def all_healthy():
        # `up --wait` has waited for the one-shots; `restart` starts them at once with what they need.
        return not [found.service for found in stack.containers().values() if not found.one_shot and found.fails]

    until(all_healthy, "every container healthy", PATIENCE)
    wait_healthy("with every container up", PATIENCE)


@pytest.fixture
def booking(platform):
    """A citizen who has been offered hours; what they book is cancelled."""
    wish = Booking(Visitor(platform.base_url))
    yield wish
    official = platform.login("valle-claro", "admin")
    for item in live_appointments(official, wish.rut):
        official.post(f"/api/scheduler/v1/appointments/{item['id']}/cancel", json={"reason": "containers"})


def live_appointments(official, rut):
    answer = official.get("/api/scheduler/v1/appointments", params={"rut": rut, "live": True})
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def test_every_long_running_service_is_restarted(stack):
    kept = {name for name, container in stack.containers().items() if not container.one_shot}
    assert kept == set(LONG_RUNNING)
    assert kept >= set(ON_THE_WAY)


def go_through(stack, history, booking, restart):
    visitor = booking.visitor
    bubbles = booking.start(visitor.say)
    restart()
    wait_up(stack)
    booking.finish(bubbles, visitor.insist)
    assert len(live_appointments(history.official, booking.rut)) == 1
    history.check()


@pytest.mark.parametrize("names", [*([name] for name in ON_THE_WAY), BESIDE], ids=[*ON_THE_WAY, "beside"])
def test_a_restart_in_the_middle_of_a_booking(stack, history, booking, names):
    before = [stack.container(name) for name in names]

    def restart():
        stack.docker("restart", *(container.name for container in before))
        for container in before:
            assert stack.container(container.service).pid not in {0, container.pid}

    go_through(stack, history, booking, restart)


def test_all_at_once(stack, history, booking):
    go_through(stack, history, booking, lambda: stack.run("restart"))
