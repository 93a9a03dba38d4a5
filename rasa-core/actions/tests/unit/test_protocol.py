"""Rasa's action-server protocol over HTTP."""

from pathlib import Path

import pytest
import yaml
from fastapi.testclient import TestClient
from munbot_actions.app import create_app
from munbot_actions.dialogue.brain import ACTIONS
from munbot_actions.settings import ActionsSettings

RASA = Path(__file__).parents[3]


@pytest.fixture
def server(chat):
    settings = ActionsSettings(service_token="t", munbot_mode="demo")
    with TestClient(create_app(settings, chat.brain), raise_server_exceptions=False) as client:
        yield client


def test_events_and_responses(server, chat):
    answer = server.post("/webhook", json=chat.request("hora para licencia", "book_appointment", 0.9, "m1"))
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"events", "responses"}
    assert body["events"][0] == {"event": "active_loop", "timestamp": None, "name": "booking_form"}
    assert body["events"][-1] == {"event": "followup", "timestamp": None, "name": "action_listen"}
    slots = {e["name"]: e["value"] for e in body["events"] if e["event"] == "slot"}
    assert slots["procedure"] == "p1"
    assert slots["requested_slot"] == "slot_start"
    assert all("custom" not in r for r in body["responses"])
    assert all(set(button) == {"title", "payload"} for r in body["responses"] for button in r["buttons"])


def test_a_closed_form_is_told_to_rasa(server, chat):
    answer = server.post("/webhook", json=chat.request("hola", "greet", 0.9, "m1")).json()
    assert answer["events"][0]["name"] is None
    slots = {e["name"]: e["value"] for e in answer["events"] if e["event"] == "slot"}
    assert slots["requested_slot"] is None


def test_no_message_to_act_on_is_rejected(server):
    body = {"next_action": "action_answer", "sender_id": "x", "tracker": {"events": [], "slots": {}}}
    answer = server.post("/webhook", json=body)
    assert answer.status_code == 400
    assert answer.json()["action_name"] == "action_answer"
    assert answer.json()["error"]


@pytest.mark.parametrize("body", [{}, {"next_action": "action_unknown"}, {"next_action": None}])
def test_an_unknown_action_is_404(server, body):
    answer = server.post("/webhook", json=body)
    assert answer.status_code == 404
    assert set(answer.json()) == {"error", "action_name"}


@pytest.mark.parametrize("content", [b"", b"[]", b"not json", b'"text"'])
def test_nonsense_is_no_5xx(server, content):
    assert server.post("/webhook", content=content).status_code == 404


def test_health(server):
    assert server.get("/health").json() == {"status": "ok"}
    assert server.get("/livez").status_code == 200
    assert server.get("/readyz").status_code == 200


def test_the_domain_lists_every_action():
    domain = yaml.safe_load((RASA / "domain/dialogue.yml").read_text(encoding="utf-8"))
    assert set(domain["actions"]) == ACTIONS
    assert {f"validate_{form}" for form in domain["forms"]} <= set(domain["actions"])


def test_every_intent_has_a_rule():
    rules = yaml.safe_load((RASA / "data/rules.yml").read_text(encoding="utf-8"))["rules"]
    answered = {rule["steps"][0]["intent"] for rule in rules}
    intents = yaml.safe_load((RASA / "domain/nlu.yml").read_text(encoding="utf-8"))["intents"]
    assert {next(iter(i)) if isinstance(i, dict) else i for i in intents} | {"nlu_fallback"} == answered
