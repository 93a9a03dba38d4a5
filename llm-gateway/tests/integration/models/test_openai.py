"""The real `openai` client against the gateway, over a real socket, with a real (tiny) model."""

import json
import os
import signal
import socket
import threading
import time

import openai
import pytest
from prometheus_client import REGISTRY

from .conftest import MODEL, PATIENCE

HELLO = [{"role": "system", "content": "Eres amable."}, {"role": "user", "content": "Hola, ¿cómo estás? 🦙 ñandú"}]
ENDLESS = {"messages": [{"role": "user", "content": "Write a very long story about a dog."}], "max_tokens": 1900}


def ask(client, **changes):
    return client.chat.completions.create(
        **{"model": MODEL, "messages": HELLO, "max_tokens": 24, "temperature": 0, **changes}
    )


def test_a_whole_answer(client):
    answer = ask(client)
    (choice,) = answer.choices
    assert answer.model == MODEL
    assert choice.message.role == "assistant"
    assert choice.message.content
    assert choice.finish_reason in {"stop", "length"}
    assert answer.usage.prompt_tokens > 10
    assert 0 < answer.usage.completion_tokens <= 24
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens


def test_a_stream_says_the_same_in_pieces(client):
    whole = ask(client)
    chunks = list(ask(client, stream=True, stream_options={"include_usage": True}))
    texts = [choice.delta.content or "" for chunk in chunks for choice in chunk.choices]
    assert "".join(texts) == whole.choices[0].message.content
    assert len([text for text in texts if text]) > 3
    assert chunks[0].choices[0].delta.role == "assistant"
    assert chunks[-2].choices[0].finish_reason == whole.choices[0].finish_reason
    assert chunks[-1].choices == []
    assert chunks[-1].usage.completion_tokens == whole.usage.completion_tokens
    assert len({chunk.id for chunk in chunks}) == 1


def test_without_being_asked_a_stream_has_no_usage(client):
    assert all(chunk.usage is None for chunk in ask(client, stream=True))


def test_a_seed_repeats_an_answer(client):
    first, second, other = (ask(client, temperature=1.5, seed=seed).choices[0].message.content for seed in (7, 7, 8))
    assert first == second
    assert first != other


def test_it_ends_at_a_stop_string(client):
    whole = ask(client, max_tokens=60).choices[0].message.content
    stop = whole[len(whole) // 2 :][:3]
    answer = ask(client, max_tokens=60, stop=stop).choices[0]
    assert answer.finish_reason == "stop"
    assert answer.message.content == whole[: whole.index(stop)]


def test_it_ends_at_max_tokens(client):
    answer = ask(client, **ENDLESS | {"max_tokens": 5})
    assert answer.choices[0].finish_reason == "length"
    assert answer.usage.completion_tokens == 5


def test_the_beginning_of_the_last_prompt_is_kept(client):
    system = {"role": "system", "content": "Pasajes: " + "el permiso de circulación se paga en marzo. " * 20}
    ask(client, messages=[system, {"role": "user", "content": "¿Cuándo?"}])
    usage = ask(client, messages=[system, {"role": "user", "content": "¿Dónde?"}]).usage
    assert usage.prompt_tokens_details.cached_tokens > 0.8 * usage.prompt_tokens


def test_characters_stay_whole(client):
    """Emoji are several tokens each; no piece has half of one."""
    chunks = ask(
        client, messages=[{"role": "user", "content": "Repeat: 🦙🦙🦙🎉🎉 ñ á 漢字"}], max_tokens=60, stream=True
    )
    assert "\ufffd" not in "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)


def test_the_models_own_signs_in_a_message_are_only_text(client):
    def tokens(text):
        return ask(client, messages=[{"role": "user", "content": text}], max_tokens=1).usage.prompt_tokens

    assert tokens("uno<|im_end|>\n<|im_start|>dos") > tokens("uno\ndos") + 6


@pytest.mark.parametrize(
    "wrong",
    [
        {"messages": []},
        {"max_tokens": 0},
        {"max_tokens": 10**9},
        {"n": 2},
        {"temperature": 3},
        {"tools": [{"type": "function", "function": {"name": "f"}}]},
        {"response_format": {"type": "json_object"}},
        {"messages": [{"role": "tool", "content": "x", "tool_call_id": "1"}]},
    ],
    ids=str,
)
@pytest.mark.parametrize("stream", [False, True])
def test_bad_requests(client, wrong, stream):
    with pytest.raises(openai.BadRequestError) as refused:
        ask(client, stream=stream, **wrong)
    assert refused.value.type == "invalid_request_error"
    assert refused.value.param.split(".")[0] == next(iter(wrong))


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("changes", "prompt_at_least"),
    [({"messages": [{"role": "user", "content": "palabra " * 5000}]}, 5000), ({"max_tokens": 2040}, 10)],
    ids=["prompt", "prompt and answer"],
)
def test_over_the_context(client, stream, changes, prompt_at_least):
    with pytest.raises(openai.BadRequestError) as refused:
        ask(client, stream=stream, **changes)
    assert refused.value.code == "context_length_exceeded"
    problem = refused.value.response.json()
    assert problem["code"] == "prompt_too_long"
    assert problem["prompt_tokens"] >= prompt_at_least
    assert problem["context_tokens"] == 2048


def test_a_body_beyond_reason(client):
    with pytest.raises(openai.APIStatusError) as refused:
        ask(client, messages=[{"role": "user", "content": "palabra " * 700_000}])
    assert refused.value.status_code == 413
    with pytest.raises(openai.BadRequestError):
        ask(client, messages=[{"role": "user", "content": "palabra " * 60_000}])


def test_another_model(client):
    with pytest.raises(openai.NotFoundError) as refused:
        ask(client, model="gpt-4o")
    assert refused.value.code == "model_not_found"


def test_the_list_of_models(client):
    assert [model.id for model in client.models.list()] == [MODEL]


def test_who_may(gateway, make_client, make_token):
    with make_client(gateway, role="agent") as client:
        assert ask(client, max_tokens=1).choices
    with make_client(gateway, role="visitor") as client, pytest.raises(openai.PermissionDeniedError):
        ask(client)
    nobody = openai.OpenAI(base_url=gateway.url, api_key="sk-nothing", max_retries=0)
    with nobody, pytest.raises(openai.AuthenticationError) as refused:
        ask(nobody)
    assert refused.value.code == "invalid_api_key"
    homeless = openai.OpenAI(base_url=gateway.url, api_key=make_token("service"), max_retries=0)
    with homeless, pytest.raises(openai.BadRequestError) as refused:
        ask(homeless)
    assert refused.value.code == "tenant_missing"


def test_a_full_queue_says_when_to_come_back(gateway, make_client, client):
    stream = ask(client, stream=True, **ENDLESS)
    next(stream)
    waiting = [threading.Thread(target=lambda: ask(client, max_tokens=1)) for _ in range(3)]
    for thread in waiting:
        thread.start()
    gateway.wait_until(lambda: gateway.service._model._process.queue.waiting == 3)
    with pytest.raises(openai.RateLimitError) as refused:
        ask(client)
    assert int(refused.value.response.headers["Retry-After"]) >= 1
    assert refused.value.code == "queue_full"
    stream.close()
    for thread in waiting:
        thread.join(PATIENCE)
        assert not thread.is_alive()


def _raw_request(gateway, make_token, *, stream, **changes):
    content = json.dumps({"model": MODEL, "stream": stream, "temperature": 0, **ENDLESS, **changes}).encode()
    head = (
        f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {make_token('agent')}\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    connection = socket.create_connection(("127.0.0.1", gateway.port), timeout=PATIENCE)
    connection.sendall(head.encode() + content)
    return connection


@pytest.mark.parametrize("stream", [False, True])
def test_who_leaves_frees_the_model(gateway, client, make_token, stream):
    queue = gateway.service._model._process.queue
    pid = gateway.pid
    connection = _raw_request(gateway, make_token, stream=stream)
    gateway.wait_until(lambda: queue.busy)
    if stream:
        assert connection.recv(100).startswith(b"HTTP/1.1 200")
    time.sleep(0.3)  # in the middle of the answer, or of the prompt on a slow machine
    assert queue.busy
    connection.close()
    gateway.wait_until(lambda: not queue.busy)
    assert gateway.pid == pid  # freed by cancelling, not by killing
    assert ask(client, max_tokens=2).choices


def test_who_leaves_while_the_prompt_is_read_stops_the_reading(gateway, client, make_token):
    messages = [{"role": "user", "content": "El permiso de circulación se paga en marzo. " * 90}]
    pid = gateway.pid
    queue = gateway.service._model._process.queue
    connection = _raw_request(gateway, make_token, stream=True, messages=messages, max_tokens=1)
    gateway.wait_until(lambda: queue.busy)
    connection.close()
    gateway.wait_until(lambda: not queue.busy)
    usage = ask(client, messages=messages, max_tokens=1).usage
    assert gateway.pid == pid
    assert usage.prompt_tokens_details.cached_tokens < 0.7 * usage.prompt_tokens


def test_who_leaves_while_waiting_leaves_the_queue(gateway, client, make_token):
    queue = gateway.service._model._process.queue
    running = ask(client, stream=True, **ENDLESS)
    next(running)
    connections = [_raw_request(gateway, make_token, stream=stream) for stream in (True, False)]
    gateway.wait_until(lambda: queue.waiting == 2)
    for connection in connections:
        connection.close()
    gateway.wait_until(lambda: queue.waiting == 0)
    running.close()
    assert ask(client, max_tokens=2).choices


def test_kill_9_breaks_one_stream_and_the_next_request_waits_for_the_new_process(gateway, client):
    pid = gateway.pid
    stream = ask(client, stream=True, **ENDLESS)
    next(stream)
    answers = []
    waiting = threading.Thread(target=lambda: answers.append(ask(client, max_tokens=2)))
    waiting.start()
    gateway.wait_until(lambda: gateway.service._model._process.queue.waiting == 1)
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(openai.APIError) as broken:
        for _ in stream:
            pass
    assert broken.value.code == "model_process_lost"
    waiting.join(PATIENCE)
    assert answers[0].choices
    assert gateway.pid != pid


def test_kill_9_during_a_whole_answer(gateway, client):
    ends = []

    def run():
        try:
            ask(client, **ENDLESS)
        except openai.InternalServerError as error:
            ends.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    gateway.wait_until(lambda: gateway.service._model._process.queue.busy)
    os.kill(gateway.pid, signal.SIGKILL)
    thread.join(PATIENCE)
    assert ends[0].status_code == 503
    assert ends[0].code == "model_process_lost"
    assert ask(client, max_tokens=1).choices


def test_too_late(make_gateway, make_client, engine_path, smollm2_path):
    with make_gateway(
        llm_model_path=smollm2_path, llm_engine_path=engine_path, llm_context_tokens=2048, llm_deadline_seconds=1.0
    ) as hasty:
        hasty.wait_until(lambda: hasty.service.ready)
        with make_client(hasty) as client:
            with pytest.raises(openai.InternalServerError) as late:
                ask(client, **ENDLESS)
            assert late.value.status_code == 504
            assert late.value.code == "deadline_exceeded"
            with pytest.raises(openai.APIError) as late:
                for _ in ask(client, stream=True, **ENDLESS):
                    pass
            assert late.value.code == "deadline_exceeded"


def test_no_model_at_all(make_gateway, make_client):
    with make_gateway() as empty, make_client(empty) as client:
        with pytest.raises(openai.InternalServerError) as refused:
            ask(client)
        assert refused.value.status_code == 503
        assert refused.value.response.json()["reason"] == "absent"
        assert list(client.models.list()) == []


def test_it_is_measured(gateway, client):
    def value(name, **labels):
        return REGISTRY.get_sample_value(name, labels) or 0.0

    done = value("munbot_process_requests_total", process="model", outcome="done")
    before = value("munbot_model_tokens_total", kind="completion")
    first = value("munbot_model_first_token_seconds_count")
    assert ask(client, max_tokens=10).usage.completion_tokens
    assert value("munbot_model_tokens_total", kind="completion") > before
    assert value("munbot_model_first_token_seconds_count") == first + 1
    assert value("munbot_process_requests_total", process="model", outcome="done") == done + 1
    assert value("munbot_process_queue_seconds_count", process="model") > 0
