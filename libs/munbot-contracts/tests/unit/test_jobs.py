"""A job's input is of its kind, and its answer has one id."""

from uuid import UUID

import pytest
from munbot_contracts.jobs import LlmJobRequested, job_answer_id
from pydantic import ValidationError

JOB = UUID("019358f4-0000-7000-8000-000000000001")
MESSAGES = {"messages": [{"author": "citizen", "text": "hola"}]}
COMPLAINT = {"text": "no pasa el camión", "categories": [{"code": "aseo", "name": "Aseo"}]}


def make(kind, given):
    return LlmJobRequested.model_validate({"job_id": JOB, "kind": kind, "subject_id": JOB, "input": given})


def test_input_of_its_kind_is_taken():
    assert make("conversation_summary", MESSAGES).input.messages[0].text == "hola"
    assert make("complaint_category", COMPLAINT).input.categories[0].code == "aseo"


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("conversation_summary", COMPLAINT),
        ("complaint_category", MESSAGES),
        ("conversation_summary", {"messages": []}),
        ("conversation_summary", {"messages": MESSAGES["messages"] * 51}),
        ("translation", MESSAGES),
    ],
)
def test_other_input_is_refused(kind, given):
    with pytest.raises(ValidationError):
        make(kind, given)


def test_answer_id_follows_from_the_job():
    assert job_answer_id(JOB) == job_answer_id(UUID(str(JOB))) != job_answer_id(UUID(int=JOB.int + 1))
