"""A real broker, a real gateway on a loopback port, and the worker as a process of its own.

The language model behind the gateway is a server that says what a test wants: a small real model writes nonsense.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from datetime import UTC, datetime

import httpx
import pika
import pytest
import uvicorn
from fastapi import FastAPI, Request, Response
from munbot_common.messaging import OutgoingMessage, Publisher
from munbot_contracts import Event, routing_key
from munbot_contracts.envelope import AnyEvent
from munbot_contracts.jobs import LLM_JOB_REQUESTED, LlmJobRequested
from munbot_llm.app import create_app
from munbot_llm.settings import ApiSettings

PATIENCE = 120
TENANT = "valle-claro"
MODEL = "a-model"


def until(what, seconds=PATIENCE):
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.05)
    return found


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


class Served:
    """An application on a port of its own, which can be stopped and started again."""

    def __init__(self, make_app, port=None):
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._make_app = make_app
        self._server = None

    def start(self):
        config = uvicorn.Config(self._make_app(), port=self.port, log_config=None, timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        until(lambda: self._server.started)
        return self

    def stop(self):
        if self._server:
            self._server.should_exit = True
            self._thread.join(PATIENCE)
        self._server = None


class ScriptedModel:
    """An OpenAI-compatible server. `says` is what it answers: a text, a status, or something to wait for."""

    def __init__(self):
        self.says = ["Nada."]
        self.asked = []
        self.gate = threading.Event()
        self.gate.set()

    def next(self):
        return self.says.pop(0) if len(self.says) > 1 else self.says[0]

    def app(self):
        app = FastAPI()

        @app.get("/v1/models")
        def models():
            return {"data": [{"id": MODEL}]}

        @app.post("/v1/chat/completions")
        def complete(body: dict, request: Request):
            self.asked.append(body)
            said = self.next()
            self.gate.wait(PATIENCE)
            if isinstance(said, Response):
                return said
            events = [
                {"choices": [{"index": 0, "delta": {"content": said}, "finish_reason": None}]},
                {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
            ]
            content = "".join(f"data: {json.dumps(event)}\n\n" for event in events) + "data: [DONE]\n\n"
            return Response(content, media_type="text/event-stream")

        return app


@pytest.fixture(scope="module")
def model():
    scripted = ScriptedModel()
    served = Served(scripted.app).start()
    scripted.url = served.url
    yield scripted
    scripted.gate.set()
    served.stop()


@pytest.fixture(autouse=True)
def fresh_model(request):
    if "model" in request.fixturenames:
        scripted = request.getfixturevalue("model")
        scripted.asked.clear()
        scripted.gate.set()


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("jobs-data")


@pytest.fixture(scope="module")
def make_gateway(key_pair, data_dir):
    started = []

    def make(**fields):
        settings = ApiSettings(
            s3_endpoint="http://127.0.0.1:9",  # nobody: jobs need no documents
            s3_access_key="none",
            s3_secret_key="none",
            jwt_public_key=key_pair[1],
            data_dir=data_dir,
            **fields,
        )
        started.append(Served(lambda: create_app(settings)))
        return started[-1]

    yield make
    for one in started:
        one.stop()


@pytest.fixture(scope="module")
def gateway(make_gateway, model):
    """A gateway with a model."""
    return make_gateway(llm_remote_url=f"{model.url}/v1", llm_remote_model=MODEL).start()


@pytest.fixture(scope="module")
def start_worker(rabbitmq_url, make_token, key_pair):
    """Start workers as processes; they are killed at the end."""
    running = []

    def start(gateway_url, **environment):
        port = free_port()
        worker = subprocess.Popen(
            [sys.executable, "-m", "munbot_llm", "worker"],
            env={
                **os.environ,
                "RABBITMQ_URL": rabbitmq_url,
                "JWT_PUBLIC_KEY": key_pair[1],
                "SERVICE_TOKEN": make_token("service", subject="llm"),
                "GATEWAY_URL": gateway_url,
                "PORT": str(port),
                **environment,
            },
        )
        running.append(worker)

        def ready():
            assert worker.poll() is None, "the worker has ended"
            with contextlib.suppress(httpx.TransportError):
                return httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == 200

        until(ready)
        return worker

    yield start
    for worker in running:
        if worker.poll() is None:
            worker.kill()
        worker.wait()


class Broker:
    """Publishes requests, and collects the answers."""

    def __init__(self, url):
        self._url = url
        self.publisher = Publisher(url, name="test").start()
        assert self.publisher.wait_ready(PATIENCE)
        self._connection = pika.BlockingConnection(pika.URLParameters(url))
        self._channel = self._connection.channel()
        self._channel.queue_declare("test.answers", durable=True)
        for key in ("llm_job.completed.v1", "llm_job.failed.v1"):
            self._channel.queue_bind("test.answers", "munbot.events", key)
        self.answers = []

    def length(self, queue):
        with pika.BlockingConnection(pika.URLParameters(self._url)) as connection:
            return connection.channel().queue_declare(queue, passive=True).method.message_count

    def ask(self, data, *, times=1, at=None):
        """Publish a request; returns the job's id."""
        data = {"job_id": str(uuid.uuid4()), "subject_id": str(uuid.uuid4()), **data}
        event = Event(
            id=uuid.uuid4(),
            source="/munbot/test",
            type=LLM_JOB_REQUESTED,
            subject=data["subject_id"],
            time=at or datetime.now(UTC),
            tenant=TENANT,
            correlationid=f"test-{data['job_id']}",
            data=LlmJobRequested.model_validate(data),
        )
        message = OutgoingMessage(
            key=routing_key(LLM_JOB_REQUESTED),
            body=event.model_dump_json().encode(),
            message_id=str(event.id),
            mandatory=True,
        )
        for _ in range(times):
            self.publisher.publish_and_wait([message])
        return data["job_id"]

    def of(self, job_id):
        """Return the answers of a job that have come until now."""
        self._connection.process_data_events()
        while True:
            method, _, body = self._channel.basic_get("test.answers", auto_ack=True)
            if method is None:
                break
            self.answers.append(AnyEvent.model_validate_json(body))
        return [answer for answer in self.answers if answer.data["job_id"] == job_id]

    def answer(self, job_id, count=1):
        """Wait for so many answers of a job; returns the last."""
        return until(lambda: len(found := self.of(job_id)) >= count and found)[-1]

    def close(self):
        self.publisher.close()
        self._connection.close()


@pytest.fixture(scope="module")
def broker(rabbitmq_url):
    broker = Broker(rabbitmq_url)
    yield broker
    broker.close()


@pytest.fixture(scope="module")
def worker(start_worker, gateway, broker):
    """A worker that is ready."""
    return start_worker(gateway.url)


@pytest.fixture
def end():
    def end(process, sign=signal.SIGKILL):
        process.send_signal(sign)
        process.wait(PATIENCE)

    return end
