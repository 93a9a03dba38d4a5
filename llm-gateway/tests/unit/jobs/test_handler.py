"""What becomes of a job, whatever the gateway says."""

import json
import uuid
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from munbot_contracts.envelope import AnyEvent
from munbot_contracts.jobs import LLM_JOB_REQUESTED, job_answer_id
from munbot_llm.jobs.gateway import GatewayAway, GatewayBusy, GatewayClient
from munbot_llm.jobs.handler import JobHandler, ModelLoading
from pydantic import ValidationError

NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
JOB_ID = uuid.UUID("019358f4-0000-7000-8000-000000000001")
READY = {"state": "ready", "name": "m", "reason": ""}
TALK = {"messages": [{"author": "citizen", "text": "se me perdió la licencia"}]}
SLOW = httpx.Response(504, json={"code": "deadline_exceeded"})


class Published:
    """The broker's side."""

    def __init__(self):
        self.messages = []

    def publish_and_wait(self, messages):
        self.messages += messages

    @property
    def only(self):
        (message,) = self.messages
        return message, json.loads(message.body)


def run(*, model=READY, chat=None, given=TALK, kind="conversation_summary", at=NOW):
    """Handle one job; returns what was published, and the requests for a chat."""
    asked = []

    def answer(request):
        if request.url.path == "/v1/status":
            return model if isinstance(model, httpx.Response) else httpx.Response(200, json={"model": model})
        asked.append(json.loads(request.content))
        return chat

    published = Published()
    client = GatewayClient("http://x", token="t", patience_seconds=0.05, transport=httpx.MockTransport(answer))
    handler = JobHandler(client, published, max_age=timedelta(hours=1), clock=lambda: NOW)
    data = {"job_id": str(JOB_ID), "kind": kind, "subject_id": str(JOB_ID), "input": given}
    event = AnyEvent(
        id=uuid.uuid4(),
        source="/munbot/test",
        type=LLM_JOB_REQUESTED,
        subject="s",
        time=at,
        tenant="valle-claro",
        correlationid="c-12345678",
        data=data,
    )
    try:
        handler(event)
    except Exception as error:
        error.published, error.asked = published, asked
        raise
    return published, asked


def said(text):
    return httpx.Response(200, json={"choices": [{"message": {"content": text}}]})


def test_a_summary():
    published, _ = run(chat=said("El vecino perdió su licencia."))
    message, event = published.only
    assert message.key == "llm_job.completed.v1"
    assert message.message_id == event["id"] == str(job_answer_id(JOB_ID))
    assert event["tenant"] == "valle-claro"
    assert event["correlationid"] == "c-12345678"
    assert event["data"]["result"] == {"summary": "El vecino perdió su licencia."}
    assert event["data"]["model"] == "m"


@pytest.mark.parametrize(
    ("circumstances", "reason", "chats"),
    [
        ({"model": {"state": "absent"}}, "model_unavailable", 0),
        ({"model": {"state": "engine_missing", "name": "m"}}, "model_unavailable", 0),
        ({"model": {"state": "failed", "name": "m", "reason": "checksum_mismatch"}}, "model_unavailable", 0),
        ({"at": NOW - timedelta(hours=1, seconds=1)}, "expired", 0),
        ({"chat": SLOW}, "expired", 3),
        ({"chat": httpx.Response(400, json={"code": "prompt_too_long"})}, "input_refused", 3),
        ({"chat": httpx.Response(403, json={"code": "forbidden"})}, "input_refused", 1),
        ({"chat": said("")}, "answer_unusable", 2),
        ({"chat": said("Juan Pérez debe $99.000.")}, "answer_unusable", 2),
        ({"given": {"messages": [{"author": "citizen", "text": "  "}]}}, "answer_unusable", 0),
    ],
)
def test_failures_are_said(circumstances, reason, chats):
    published, asked = run(**circumstances)
    message, event = published.only
    assert message.key == "llm_job.failed.v1"
    assert event["id"] == str(job_answer_id(JOB_ID))
    assert event["data"]["reason"] == reason
    assert len(asked) == chats


@pytest.mark.parametrize(
    ("circumstances", "error"),
    [
        ({"model": {"state": "loading", "name": "m"}}, ModelLoading),
        ({"model": {"state": "failed", "name": "m", "reason": "remote_away"}}, ModelLoading),
        ({"model": httpx.Response(503, json={})}, GatewayAway),
        ({"chat": httpx.Response(503, json={"code": "model_process_lost"})}, GatewayAway),
        ({"chat": httpx.Response(429, headers={"Retry-After": "5"}, json={})}, GatewayBusy),
    ],
)
def test_what_passes_is_left_to_the_broker(circumstances, error):
    with pytest.raises(error) as caught:
        run(**circumstances)
    assert caught.value.published.messages == []


def test_what_is_no_job_is_refused_for_good():
    with pytest.raises(ValidationError):
        run(given={"text": "x"})
