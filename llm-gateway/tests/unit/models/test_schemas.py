"""What is understood, ignored and refused in a chat completions request."""

import json

import pytest
from munbot_common.problems import Problem, TooManyRequests, Unprocessable
from munbot_llm.models.chat import ChatMessage, ChatOptions
from munbot_llm.models.openai_errors import error_object
from munbot_llm.models.schemas import MAX_CHARACTERS, ChatBody
from pydantic import ValidationError


def body(**changes):
    return {"model": "m", "messages": [{"role": "user", "content": "Hola"}], **changes}


def parse(**changes):
    return ChatBody.model_validate_json(json.dumps(body(**changes)))


def test_usual_values():
    assert parse().options() == ChatOptions()


def test_everything_that_is_understood():
    options = parse(
        max_tokens=5, max_completion_tokens=7, temperature=0, top_p=0.5, seed=-1, stop="x", presence_penalty=1
    ).options()
    assert options == ChatOptions(7, 0.0, 0.5, -1, ("x",), 1.0, 0.0)


def test_null_is_as_good_as_nothing():
    empty = ("max_tokens", "temperature", "top_p", "seed", "stop", "n", "tools", "stream", "stream_options", "logprobs")
    assert parse(**dict.fromkeys(empty)).options() == ChatOptions()


def test_messages_become_plain():
    parsed = parse(
        messages=[
            {"role": "developer", "content": "Sé breve"},
            {
                "role": "user",
                "name": "Ana",
                "content": [{"type": "text", "text": "Ho"}, {"type": "text", "text": "la"}],
            },
            {"role": "assistant", "content": None},
        ]
    )
    assert [message.plain() for message in parsed.messages] == [
        ChatMessage("system", "Sé breve"),
        ChatMessage("user", "Hola"),
        ChatMessage("assistant", ""),
    ]


@pytest.mark.parametrize("field", ["user", "store", "metadata", "service_tier", "parallel_tool_calls", "tool_choice"])
def test_what_changes_nothing_is_ignored(field):
    assert parse(**{field: "whatever"}).options() == ChatOptions()


@pytest.mark.parametrize(
    "wrong",
    [
        {"messages": []},
        {"messages": [{"role": "user"}]},
        {"messages": [{"role": "tool", "content": "x", "tool_call_id": "1"}]},
        {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]},
        {"messages": [{"role": "user", "content": "a" * (MAX_CHARACTERS + 1)}]},
        {"messages": "Hola"},
        {"max_tokens": 0},
        {"max_tokens": -1},
        {"max_tokens": 10**9},
        {"max_tokens": 1.5},
        {"max_completion_tokens": 0},
        {"temperature": 2.1},
        {"temperature": -0.1},
        {"top_p": 0},
        {"top_p": 1.1},
        {"n": 2},
        {"n": 0},
        {"stop": ["a", "b", "c", "d", "e"]},
        {"stop": [""]},
        {"seed": 2**70},
        {"presence_penalty": 3},
        {"tools": [{"type": "function"}]},
        {"functions": [{"name": "f"}]},
        {"logprobs": True},
        {"logit_bias": {"50256": -100}},
        {"response_format": {"type": "json_object"}},
        {"modalities": ["audio"]},
        {"model": ""},
        {"model": None},
    ],
    ids=str,
)
def test_what_cannot_be_kept_is_refused(wrong):
    with pytest.raises(ValidationError):
        parse(**wrong)


def test_not_a_number_is_no_temperature():
    with pytest.raises(ValidationError):
        ChatBody.model_validate_json(json.dumps(body()).replace('"m"', '"m", "temperature": NaN'))


class _TooLong(Unprocessable):
    code = "prompt_too_long"


@pytest.mark.parametrize(
    ("problem", "kind", "code"),
    [
        (_TooLong(), "invalid_request_error", "context_length_exceeded"),
        (TooManyRequests(), "rate_limit_error", "too_many_requests"),
        (Problem(), "server_error", "internal_error"),
    ],
)
def test_problems_as_openai_says_them(problem, kind, code):
    error = error_object(problem)
    assert (error["type"], error["code"]) == (kind, code)
    assert error["message"]


def test_the_field_at_fault_is_named():
    problem = Unprocessable(errors=[{"field": "max_tokens", "code": "x", "detail": "Debe ser al menos 1"}])
    assert error_object(problem)["param"] == "max_tokens"
    assert error_object(problem)["message"] == "max_tokens: Debe ser al menos 1"
