"""A summary for the person who takes over: asked for with the handoff, kept when it comes, seen by officials alone."""

from uuid import uuid4

import pytest
from munbot_common.ids import uuid7
from munbot_common.messaging import Consumer, OutgoingMessage, Subscription
from munbot_common.outbox import make_event
from munbot_contracts.jobs import (
    LLM_JOB_COMPLETED,
    CategoryResult,
    CategorySuggestion,
    JobKind,
    LlmJobCompleted,
    LlmJobRequested,
    SummaryResult,
)
from munbot_contracts.messages import MESSAGE_MEDIA, MessageMedia

VALLE, PUNTA = "valle-claro", "punta-brava"


@pytest.fixture(scope="module")
def api_settings(api_settings):
    return api_settings.model_copy(update={"llm_gateway_url": "http://llm.invalid"})


@pytest.fixture
def jobs(rabbitmq_url):
    """What llm-worker would be asked."""
    import threading

    taken, arrival, stop = [], threading.Condition(), threading.Event()

    def take(event):
        with arrival:
            taken.append(event)
            arrival.notify_all()

    subscription = Subscription(f"test.{uuid7()}", ("llm_job.requested.v1",))
    consumer = Consumer(rabbitmq_url, subscription, take, name="test")
    thread = threading.Thread(target=consumer.run, args=(stop,), daemon=True)
    thread.start()
    assert consumer.wait_ready(10)

    def of(conversation):
        with arrival:
            found = lambda: [e for e in taken if e.data["subject_id"] == conversation]  # noqa: E731
            assert arrival.wait_for(found, 15), "no job"
            return [LlmJobRequested.model_validate(event.data) for event in found()]

    yield of
    stop.set()
    thread.join(10)


@pytest.fixture
def handed(worker, channel, received, rasa, client, headers):
    """Callable: a citizen talks and the dialogue asks for a person; gives the conversation."""

    def talk(*texts, address=None):
        address = address or str(uuid4())
        for text in texts:
            event = received(text, address=address)
            channel.send(event)
            handled = channel.wait_for("message.handled.v1", message_id=event.data.message_id)[0]
        path = f"/v1/conversations/{handled['conversation_id']}"
        wish = {"reason": "citizen_request", "summary": "Pide una persona"}
        assert client.post(f"{path}/handoff", json=wish, headers=headers("service")).status_code == 200
        return handled["conversation_id"]

    return talk


def test_what_was_spoken_is_summarised_too(worker, channel, received, client, headers, jobs):
    note = received("", kind="audio", media_pending=True, channel="whatsapp", account="valle-claro")
    heard = MessageMedia(
        message_id=note.data.message_id, channel="whatsapp", account="valle-claro", transcript="Quiero una persona"
    )
    channel.send(note)
    channel.send(
        make_event(source="test", event_type=MESSAGE_MEDIA, subject=str(heard.message_id), tenant=VALLE, data=heard)
    )
    conversation = channel.wait_for("message.handled.v1", message_id=note.data.message_id)[0]["conversation_id"]
    wish = {"reason": "citizen_request", "summary": "Pide una persona"}
    client.post(f"/v1/conversations/{conversation}/handoff", json=wish, headers=headers("service"))
    assert jobs(conversation)[0].input.messages[0].text == "Quiero una persona"


@pytest.fixture
def finish(channel):
    """Callable: llm-worker's answer to a job."""

    def send(job, *, tenant=VALLE, result=None, kind=JobKind.CONVERSATION_SUMMARY, job_id=None):
        data = LlmJobCompleted(
            job_id=job_id or job.job_id,
            kind=kind,
            subject_id=job.subject_id,
            result=result or SummaryResult(summary="Se le quemó el foco. Pidió una persona."),
            model="test",
        )
        event = make_event(
            source="test", event_type=LLM_JOB_COMPLETED, subject=str(data.job_id), tenant=tenant, data=data
        )
        body = event.model_dump_json().encode()
        channel.publisher.publish_and_wait(
            [OutgoingMessage("llm_job.completed.v1", body, str(event.id), mandatory=True)]
        )

    return send


@pytest.fixture
def summary_of(client, headers):
    def find(conversation, role="viewer", tenant=VALLE, **options):
        answer = client.get(f"/v1/conversations/{conversation}", headers=headers(role, tenant, **options))
        assert answer.status_code == 200, answer.text
        return answer.json()["summary"]

    return find


def test_asked_with_the_last_messages_and_kept(worker, handed, jobs, finish, summary_of, until):
    assert worker.jobs.wait_ready(10)
    conversation = handed("hola", "se quemó el foco de mi calle")
    (job,) = jobs(conversation)
    said = [(message.author, message.text) for message in job.input.messages]
    assert said == [
        ("citizen", "hola"),
        ("bot", "eco: hola"),
        ("citizen", "se quemó el foco de mi calle"),
        ("bot", "eco: se quemó el foco de mi calle"),
    ]
    assert summary_of(conversation) is None
    for _ in range(2):
        finish(job)
    assert until(lambda: summary_of(conversation)) == "Se le quemó el foco. Pidió una persona."
    assert summary_of(conversation, "visitor", conversation_id=conversation) is None


def test_only_the_job_that_is_waited_for(worker, handed, jobs, finish, summary_of, until, client, headers):
    assert worker.jobs.wait_ready(10)
    conversation = handed("hola")
    (job,) = jobs(conversation)
    finish(job, job_id=uuid7())
    finish(job, tenant=PUNTA)
    other = CategoryResult(category=CategorySuggestion(code="aseo", confidence=1))
    finish(job, kind=JobKind.COMPLAINT_CATEGORY, result=other)
    right = handed("otra")
    finish(jobs(right)[0])
    assert until(lambda: summary_of(right))
    assert summary_of(conversation) is None
    client.post(f"/v1/conversations/{right}/release", headers=headers("agent"))
    assert summary_of(right) is None


def test_a_long_conversation_is_asked_for_in_part(handed, jobs):
    conversation = handed(*(f"m{number}" for number in range(30)))
    messages = jobs(conversation)[0].input.messages
    assert len(messages) == 50
    assert messages[-1].text == "eco: m29"
