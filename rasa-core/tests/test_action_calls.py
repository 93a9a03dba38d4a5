import asyncio
from typing import Any

import pytest
from jsonschema import ValidationError
from munbot_rasa.serving import action_calls
from rasa.core.actions.action import ActionExecutionRejection, RemoteAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, SlotSet, UserUttered
from rasa.shared.core.slots import TextSlot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

ANSWERS: list[Any] = [
    {"events": [], "responses": []},
    {"events": [{"event": "slot", "name": "rut", "value": "1-9", "timestamp": None}], "responses": [{"text": "hola"}]},
    {"events": [{"event": "bot", "text": "hola", "timestamp": 1.5, "metadata": {}, "data": {"buttons": []}}]},
    {"events": [{"event": "followup", "name": "action_x"}]},
    {},
    {"responses": [{"text": "sí", "buttons": [{"title": "a", "payload": "/affirm"}]}]},
    {"events": "nonsense"},
    {"events": [{"event": "no such event"}]},
    {"events": [{"name": "no type"}]},
    {"responses": ["text"]},
    {"events": [{"event": "slot", "value": 1}]},
    [],
    None,
    "text",
]


@pytest.mark.parametrize("answer", ANSWERS)
def test_the_kept_validator_judges_as_rasas_own(answer: Any) -> None:
    action = RemoteAction("action_x", None)

    def verdict(check: Any) -> str:
        try:
            check(action, answer)
        except ValidationError as error:
            return f"{error.validator} at {list(error.absolute_path)}"
        return "valid"

    assert verdict(action_calls.validate_action_result) == verdict(RemoteAction._validate_action_result)


def test_the_schema_is_compiled_once() -> None:
    action_calls.validate_action_result(RemoteAction("a", None), {})
    first = action_calls._validator()
    action_calls.validate_action_result(RemoteAction("b", None), {"events": []})
    assert action_calls._validator() is first


def tracker_of(turns: int) -> DialogueStateTracker:
    slot = TextSlot("rut", mappings=[{}])
    tracker = DialogueStateTracker("c.1", [slot])
    for number in range(turns):
        tracker.update(UserUttered(f"m{number}", intent={"name": "inform"}, metadata={"message_id": f"id{number}"}))
        tracker.update(SlotSet("rut", f"value{number}"))
    return tracker


def test_a_call_has_what_rasa_sends_with_bounded_events() -> None:
    endpoint = EndpointConfig("http://actions/webhook", enable_selective_domain=True)
    action, domain, tracker = RemoteAction("action_x", endpoint), Domain.empty(), tracker_of(100)
    ours, theirs = action_calls.action_call(action, tracker, domain), action._action_call_format(tracker, domain)
    last = slice(-action_calls.EVENTS_SENT, None)
    assert ours["tracker"]["events"][last] == theirs["tracker"]["events"][last]
    assert len(ours["tracker"]["events"]) <= action_calls.EVENTS_SENT + action_calls.MESSAGES_SENT
    ours["tracker"].pop("events")
    theirs["tracker"].pop("events")
    assert ours == theirs
    assert ours["tracker"]["slots"]["rut"] == "value99"
    assert ours["tracker"]["latest_message"]["metadata"] == {"message_id": "id99"}
    assert "domain" not in ours


def test_the_messages_before_the_last_events_are_sent_too() -> None:
    endpoint = EndpointConfig("http://actions/webhook", enable_selective_domain=True)
    tracker = DialogueStateTracker("c.1", [TextSlot("rut", mappings=[{}])])
    for number in range(100):
        tracker.update(UserUttered(f"u{number}", intent={"name": "inform"}))
        tracker.update(BotUttered(f"b{number}"))
        for _ in range(9):
            tracker.update(SlotSet("rut", str(number)))
    sent = action_calls.action_call(RemoteAction("action_x", endpoint), tracker, Domain.empty())["tracker"]["events"]
    messages = [event["text"] for event in sent if event["event"] in {"user", "bot"}]
    assert messages == [f"{who}{number}" for number in range(100) for who in "ub"][-action_calls.MESSAGES_SENT :]
    assert [event["timestamp"] for event in sent] == sorted(event["timestamp"] for event in sent)
    assert len(sent) <= action_calls.EVENTS_SENT + action_calls.MESSAGES_SENT


def test_the_domain_is_sent_where_selective_sending_is_off() -> None:
    action = RemoteAction("action_x", EndpointConfig("http://actions/webhook"))
    assert "domain" in action_calls.action_call(action, tracker_of(1), Domain.empty())


def run_failing(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_args: Any) -> None:
        raise error

    monkeypatch.setattr(action_calls, "_rasa_run", fail)
    asyncio.run(action_calls.abort_on_failure(RemoteAction("action_x", None), None, None, None, None))


def test_a_rejection_reaches_the_policies(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ActionExecutionRejection):
        run_failing(ActionExecutionRejection("action_x"), monkeypatch)


@pytest.mark.parametrize("error", [ConnectionRefusedError("no"), ValidationError("bad"), asyncio.TimeoutError()])
def test_any_other_failure_gives_the_turn_up(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(action_calls.TurnAbortedError):
        run_failing(error, monkeypatch)
