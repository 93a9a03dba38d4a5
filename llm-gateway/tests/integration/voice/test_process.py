"""The child that hears: on demand, one note at a time, killed, abandoned, asleep."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import voice_plumbing as plumbing

pytestmark = pytest.mark.usefixtures("voice_model")


def voice_of(client):
    return client.app.state.services.voice


def hears(client):
    """Whether a note is with the child right now."""
    service = voice_of(client)
    return service.condition().state == "ready" and service.is_busy


def status_of(client, as_):
    return client.get("/v1/status", headers=as_("viewer")).json()["voice"]


def test_started_by_the_first_note_and_stopped_when_idle(start, transcribe, until, as_):
    client = start(voice_idle_seconds=1.0)
    assert status_of(client, as_) == {"state": "idle", "name": "whisper-base", "reason": ""}
    assert voice_of(client).pid is None
    assert transcribe(client, plumbing.note("persona.ogg")).status_code == 200
    assert status_of(client, as_)["state"] == "ready"
    until(lambda: status_of(client, as_)["state"] == "idle" and voice_of(client).pid is None)
    assert transcribe(client, plumbing.note("persona.ogg")).status_code == 200


def test_kill_9_loses_one_note_and_is_healed(start, transcribe, until):
    client = start()
    transcribe(client, plumbing.note("persona.ogg"))
    with ThreadPoolExecutor() as pool:
        lost = pool.submit(transcribe, client, plumbing.lasting(58))
        until(lambda: hears(client))
        time.sleep(0.3)
        killed = voice_of(client).pid
        os.kill(killed, signal.SIGKILL)
        answer = lost.result()
    assert answer.status_code == 503, answer.text
    assert answer.json()["code"] == "voice_process_lost"
    assert int(answer.headers["retry-after"]) >= 1
    until(lambda: voice_of(client).condition().state == "ready")
    assert voice_of(client).pid != killed
    assert "persona" in transcribe(client, plumbing.note("persona.ogg")).json()["text"]


def test_two_at_once_wait_for_each_other(start, transcribe):
    client = start()
    with ThreadPoolExecutor() as pool:
        names = ["persona.ogg", "licencia.ogg", "certificado.ogg"]
        answers = list(pool.map(lambda name: transcribe(client, plumbing.note(name)), names))
    for answer, word in zip(answers, ("persona", "licencia", "certificado"), strict=True):
        assert word in answer.json()["text"], answer.text


def test_a_full_queue_refuses_and_says_when_to_come_back(start, transcribe, until):
    client = start(voice_queue_size=0)
    transcribe(client, plumbing.note("persona.ogg"))
    with ThreadPoolExecutor() as pool:
        first = pool.submit(transcribe, client, plumbing.lasting(30))
        until(lambda: hears(client))
        refused = transcribe(client, plumbing.note("persona.ogg"))
        assert first.result().status_code == 200
    assert refused.status_code == 429
    assert refused.json()["code"] == "queue_full"
    assert int(refused.headers["retry-after"]) >= 1


def test_a_deadline_ends_a_note_and_not_the_process(start, transcribe):
    client = start(voice_deadline_seconds=0.05)
    answer = transcribe(client, plumbing.lasting(30))
    assert answer.status_code == 504
    assert answer.json()["code"] == "deadline_exceeded"


def test_a_client_that_leaves_frees_the_process(start, transcribe, until):
    client = start()
    transcribe(client, plumbing.note("persona.ogg"))
    service = voice_of(client)
    future = client.portal.start_task_soon(service.transcribe, plumbing.lasting(58))
    until(lambda: hears(client))
    future.cancel()
    until(lambda: not service.is_busy)
    assert "persona" in transcribe(client, plumbing.note("persona.ogg")).json()["text"]


def test_the_child_ends_with_the_gateway(make_settings, transcribe, until):
    from fastapi.testclient import TestClient
    from munbot_llm.app import create_app

    with TestClient(create_app(make_settings())) as client:
        transcribe(client, plumbing.note("silencio.ogg"))
        pid = voice_of(client).pid
    until(lambda: not Path(f"/proc/{pid}").exists())
