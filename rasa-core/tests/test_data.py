"""The training data as a whole."""

from collections import defaultdict
from pathlib import Path

import pytest
import rasa.shared.utils.io
from munbot_rasa.components.text import normalise
from munbot_rasa.project import find_project
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.validator import Validator

PROJECT = find_project()
INTENTS = [
    *("greet", "goodbye", "thank", "affirm", "deny", "wait", "ask_human", "ask_capabilities", "ask_question"),
    *("complain_about_bot", "book_appointment", "query_appointment", "reschedule_appointment", "cancel_appointment"),
    *("create_complaint", "query_complaint", "ask_procedure", "ask_opening_hours", "ask_location", "inform"),
    "out_of_scope",
]
COMMANDS = ["share_file", "share_location", "confirm_appointment", "decline_appointment"]
"""What is never said in words, but asked by conversations or pressed."""


def examples() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in sorted((PROJECT.data / "nlu").glob("*.yml")):
        for entry in rasa.shared.utils.io.read_yaml_file(path)["nlu"]:
            lines = [line[2:].strip() for line in entry["examples"].splitlines() if line.startswith("- ")]
            found.setdefault(entry["intent"], []).extend(lines)
    return found


def test_the_intents_are_exactly_those_agreed_on() -> None:
    domain = rasa.shared.utils.io.read_yaml_file(PROJECT.domain / "nlu.yml")
    assert [next(iter(entry)) for entry in domain["intents"]] == INTENTS + COMMANDS
    assert sorted(examples()) == sorted(INTENTS)


@pytest.mark.parametrize("intent", INTENTS)
def test_every_intent_has_many_different_examples(intent: str) -> None:
    assert len({normalise(text) for text in examples()[intent]}) >= 80


def test_no_example_means_two_things() -> None:
    intents = defaultdict(set)
    for intent, texts in examples().items():
        for text in texts:
            if any(char.isalpha() for char in normalise(text)):
                intents[normalise(text)].add(intent)
    assert {text: found for text, found in intents.items() if len(found) > 1} == {}


def test_rasas_validator_finds_nothing() -> None:
    importer = TrainingDataImporter.load_from_config(str(PROJECT.config), str(PROJECT.domain), [str(PROJECT.data)], {})
    validator = Validator.from_importer(importer)
    for check in (
        validator.verify_domain_validity,
        validator.verify_actions_in_stories_rules,
        validator.verify_forms_in_stories_rules,
        validator.verify_form_slots,
        validator.verify_slot_mappings,
    ):
        assert check(), check.__name__
    assert validator.verify_nlu(ignore_warnings=False)
    assert validator.verify_intents_in_stories(ignore_warnings=False)
    assert validator.verify_story_structure(ignore_warnings=False)


def test_nothing_in_the_project_names_a_machine() -> None:
    for path in [*PROJECT.home.glob("*.yml"), *Path(PROJECT.data).rglob("*.yml")]:
        assert "/home/" not in path.read_text(encoding="utf-8"), path
