"""A model on another server: our own gateway as that server, and small servers that misbehave."""

import asyncio
import contextlib
import json
import socket
import threading

import openai
import pytest
from munbot_common.problems import Problem
from munbot_llm.models.chat import ChatMessage, ChatOptions, ModelState
from munbot_llm.models.problems import ModelProcessLost, ModelUnavailable, PromptTooLong, RemoteRefused
from munbot_llm.models.remote import RemoteModel
from munbot_llm.models.service import collect
from munbot_llm.processes import Deadline, DeadlineExceeded, QueueFull
from munbot_llm.settings import ModelSettings

from .conftest import MODEL, PATIENCE
from .test_openai import ENDLESS, ask

HELLO = [ChatMessage("user", "Hola")]


@pytest.fixture(scope="module")
def remote_gateway(gateway, make_gateway, make_token):
    """A gateway whose model is another gateway's."""
    with make_gateway(
        llm_remote_url=gateway.url, llm_remote_key=make_token("agent"), llm_remote_model=MODEL
    ) as running:
        running.wait_for(ModelState.READY)
        yield running


def test_the_same_answer_through_two_gateways(client, remote_gateway, make_client):
    with make_client(remote_gateway) as far:
        near, distant = ask(client), ask(far)
        assert distant.choices[0].message.content == near.choices[0].message.content
        assert distant.usage.completion_tokens == near.usage.completion_tokens
        assert distant.usage.prompt_tokens == near.usage.prompt_tokens
        texts = [c.delta.content or "" for chunk in ask(far, stream=True) for c in chunk.choices]
        assert "".join(texts) == near.choices[0].message.content


def test_refusals_come_through(remote_gateway, make_client):
    with make_client(remote_gateway) as far, pytest.raises(openai.BadRequestError) as refused:
        ask(far, messages=[{"role": "user", "content": "palabra " * 5000}])
    assert refused.value.code == "context_length_exceeded"


def test_leaving_reaches_the_far_model(gateway, remote_gateway, make_client, client):
    queue = gateway.service._model._process.queue
    with make_client(remote_gateway) as far:
        stream = ask(far, stream=True, **ENDLESS)
        next(stream)
        assert queue.busy
        stream.close()
        gateway.wait_until(lambda: not queue.busy)
    assert ask(client, max_tokens=1).choices


def event(**fields):
    return b"data: " + json.dumps(fields).encode() + b"\n\n"


def piece(text, finish=None):
    return event(choices=[{"index": 0, "delta": {"content": text}, "finish_reason": finish}])


def http(status, content=b"", kind="application/json", **headers):
    lines = [
        f"HTTP/1.1 {status} x",
        f"Content-Type: {kind}",
        "Connection: close",
        *(f"{k}: {v}" for k, v in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + content


def stream(content):
    return http(200, content, kind="text/event-stream")


@contextlib.contextmanager
def server(answer, *, hold=False):
    """A server that says the same bytes to everybody, then hangs up, or holds the line."""
    listening = socket.create_server(("127.0.0.1", 0))
    held = []

    def run():
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listening.accept()
                connection.recv(65536)
                connection.sendall(answer)
                if hold:
                    held.append(connection)
                else:
                    connection.shutdown(socket.SHUT_WR)
                    connection.recv(65536)
                    connection.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    for connection in held:
        connection.close()
    thread.join(PATIENCE)


def complete(url, deadline=PATIENCE):
    """(what came of it, the model's state)."""

    async def run():
        settings = ModelSettings(llm_remote_url=url, llm_remote_key="k", llm_remote_model="m")
        model = RemoteModel(settings)
        try:
            async with model.chat(HELLO, ChatOptions(), Deadline(deadline)) as chunks:
                return await collect(chunks), model.status
        except Problem as error:
            return error, model.status
        finally:
            await model.close()

    return asyncio.run(run())


def test_a_stream():
    usage = event(choices=[], usage={"prompt_tokens": 7, "completion_tokens": 2})
    with server(stream(b": comment\n\n" + piece("Ho") + piece("la", "stop") + usage + b"data: [DONE]\n\n")) as url:
        answer, status = complete(url)
    assert (answer.text, answer.finish, answer.usage.prompt_tokens) == ("Hola", "stop", 7)
    assert status.state is ModelState.READY


@pytest.mark.parametrize(
    ("answer", "problem", "reason"),
    [
        (http(401), ModelUnavailable, "remote_refuses_key"),
        (http(403), ModelUnavailable, "remote_refuses_key"),
        (http(404), ModelUnavailable, "remote_model_unknown"),
        (http(500, b"<html>"), ModelUnavailable, "remote_away"),
        (http(429, **{"Retry-After": "17"}), QueueFull, ""),
        (http(400, b'{"error": {"code": "context_length_exceeded"}}'), PromptTooLong, ""),
        (http(400, b'{"error": "no"}'), RemoteRefused, ""),
        (http(422, b"[]"), RemoteRefused, ""),
        (stream(piece("Ho")), ModelProcessLost, ""),
        (stream(piece("Ho") + b"data: {not json\n\n"), ModelProcessLost, ""),
        (stream(piece("Ho") + b"data: [1]\n\n"), ModelProcessLost, ""),
        (stream(piece("Ho") + event(error={"message": "x"})), ModelProcessLost, ""),
        (b"", ModelUnavailable, "remote_away"),
        (b"SSH-2.0-OpenSSH\r\n", ModelUnavailable, "remote_away"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_servers_that_misbehave(answer, problem, reason):
    with server(answer) as url:
        error, status = complete(url)
    assert type(error) is problem
    assert status.reason == reason
    if problem is QueueFull:
        assert error.headers["Retry-After"] == "17"


def test_nobody_there():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    error, status = complete(f"http://127.0.0.1:{port}/v1")
    assert type(error) is ModelUnavailable
    assert (status.state, status.reason) == (ModelState.FAILED, "remote_away")


@pytest.mark.parametrize("answer", [b"", stream(piece("Ho"))], ids=["before", "in the middle"])
def test_a_server_that_never_ends(answer):
    with server(answer, hold=True) as url:
        error, _ = complete(url, deadline=0.5)
    assert type(error) is DeadlineExceeded
