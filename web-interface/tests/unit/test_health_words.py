"""The panel's health page has a word for every queue and every event of the platform."""

import importlib
import json
from pathlib import Path

import pytest
from munbot_common.messaging import Subscription
from munbot_contracts import EVENT_TYPES, routing_key

ROOT = Path(__file__).parents[3]
TEXTS = ROOT / "web-interface/frontend/src/dashboard/health/texts"
LANGUAGES = ("es-CL", "en")


def subscriptions():
    """What the services declare where they declare it: `NAME = Subscription(...)`."""
    found = []
    for path in sorted(ROOT.glob("*/src/munbot_*/**/*.py")):
        if " = Subscription(" in path.read_text(encoding="utf-8"):
            source = next(folder for folder in path.parents if folder.name == "src")
            module = importlib.import_module(".".join(path.relative_to(source).with_suffix("").parts))
            found += [value for value in vars(module).values() if isinstance(value, Subscription)]
    return found


def guest_queues():
    """What n8n listens to: `munbot_common.guest` makes it, at n8n's start."""
    flows = [json.loads(path.read_text(encoding="utf-8")) for path in (ROOT / "n8n/workflows").glob("*.json")]
    asked = [node["parameters"].get("queue") for flow in flows for node in flow["nodes"]]
    return {queue for queue in asked if queue}


def without_version(key):
    return key.rpartition(".")[0]


@pytest.fixture(scope="module")
def wanted():
    declared = subscriptions()
    assert len(declared) > 5, "the services' queues were not found"
    keys = {routing_key(kind) for kind in EVENT_TYPES} | {key for one in declared for key in one.bindings if key != "#"}
    queues = {one.queue for one in declared} | guest_queues()
    return {f"queue_{name}" for name in queues} | {f"event_{without_version(key)}" for key in keys}


@pytest.mark.parametrize("language", LANGUAGES)
def test_queues_and_events_have_words_and_no_word_is_left_over(wanted, language):
    texts = json.loads((TEXTS / f"{language}.json").read_text(encoding="utf-8"))
    said = {key for key in texts if key.startswith(("queue_", "event_"))}
    assert said == wanted
    assert all(texts[key] for key in said)
