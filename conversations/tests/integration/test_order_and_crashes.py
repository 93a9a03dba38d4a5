"""In order, once, whatever happens to the workers."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections import defaultdict

import pytest
from munbot_conversations.messages.models import Message
from munbot_conversations.models import OUTBOX
from sqlalchemy import func, select


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def start_process(worker_settings):
    """Callable that starts `python -m munbot_conversations worker` and returns the process."""
    started = []

    def start():
        settings = worker_settings
        environment = {
            **os.environ,
            "MUNBOT_MODE": "demo",
            "HOST": "127.0.0.1",
            "PORT": str(free_port()),
            "DATABASE_URL": settings.database_url,
            "RABBITMQ_URL": settings.rabbitmq_url,
            "RASA_URL": settings.rasa_url,
            "POLL_SECONDS": "0.2",
            "CONVERSATION_DAYS": "0",
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "munbot_conversations", "worker"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait(60)


def test_fifty_conversations_by_two_workers_in_order_and_once(start_worker, channel, received, rasa, session_factory):
    first, second = start_worker(), start_worker()
    assert first.consumer.wait_ready(10)
    assert second.consumer.wait_ready(10)
    talkers = [f"talker-{number}" for number in range(50)]
    events = [received(f"m{turn}", address=talker) for turn in range(20) for talker in talkers]
    channel.send_many(events)
    done = channel.wait_for("message.handled.v1", 1000, timeout=120)
    assert {item["outcome"] for item in done} == {"answered"}
    by_conversation = defaultdict(list)
    for body in rasa.asked:
        by_conversation[body["sender"]].append(body["message"])
    assert len(by_conversation) == 50
    assert all(texts == [f"m{turn}" for turn in range(20)] for texts in by_conversation.values())
    with session_factory() as session:
        stored = session.execute(
            select(Message.conversation_id, func.array_agg(Message.seq)).group_by(Message.conversation_id)
        ).all()
        assert all(sorted(seqs) == list(range(1, 41)) for _, seqs in stored if len(seqs) > 2)
        assert session.scalar(select(func.count()).select_from(Message).where(Message.direction == "in")) == 1000
    channel.wait_for("message.outbound.v1", 1000, timeout=60)
    assert len({item["message_id"] for item in channel.of_type("message.outbound.v1")}) == 1000


@pytest.mark.parametrize("when", ["while_rasa_thinks", "after_rasa_answered"])
def test_a_worker_killed_in_a_turn_loses_and_doubles_nothing(
    when, start_process, channel, received, rasa, until, session_factory
):
    victim = start_process()
    killed = []

    def kill_once(_sender, message, _metadata):
        if message == "quiero hora" and not killed:
            killed.append(time.monotonic())
            if when == "while_rasa_thinks":
                victim.send_signal(signal.SIGKILL)
                victim.wait(60)
            time.sleep(0.2)

    def kill_as_it_leaves(sender, message):
        return [{"recipient_id": sender, "text": f"eco: {message}"}]

    rasa.reply = kill_as_it_leaves
    rasa.before_answer = kill_once
    address = f"killed-{when}"
    send_ready = received("hola", address=address)
    until(lambda: victim.poll() is None)
    # The queue exists as soon as the worker has declared it.
    until(lambda: _try_send(channel, send_ready), timeout=30)
    channel.wait_for("message.handled.v1", timeout=30)
    channel.send(received("quiero hora", address=address))
    if when == "after_rasa_answered":
        until(lambda: killed)
        victim.send_signal(signal.SIGKILL)
        victim.wait(60)
    else:
        until(lambda: killed)
    channel.send(received("¿sigue ahí?", address=address))
    start_process()
    channel.wait_for("message.handled.v1", 3, timeout=40)
    channel.wait_for("message.outbound.v1", 3)
    assert rasa.texts() == ["hola", "quiero hora", "¿sigue ahí?"]
    texts = [item["text"] for item in sorted(channel.of_type("message.outbound.v1"), key=lambda item: item["seq"])]
    assert texts == ["eco: hola", "eco: quiero hora", "eco: ¿sigue ahí?"]
    until(lambda: _outbox_empty(session_factory))


def _try_send(channel, event):
    from munbot_common.messaging import BrokerUnavailable

    try:
        channel.send(event)
    except BrokerUnavailable:
        return False
    return True


def _outbox_empty(session_factory):
    with session_factory() as session:
        return session.scalar(select(func.count()).select_from(OUTBOX)) == 0
