"""Who may write answers: a file whose record says so, and no other."""

import hashlib
import threading
from dataclasses import replace

import pytest
from munbot_llm.models import approval
from munbot_llm.models.approval import RULES, Approval, EvaluationRecord, read_record, record_path, write_record

CONTENT = b"GGUF some weights"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "model.gguf"
    path.write_bytes(CONTENT)
    return path


def settled(made):
    """Ask until the checksum is known."""
    made.refusal()
    if made._looking:
        made._looking.join(20)
    return made.refusal()


def test_a_model_that_passed_may(model):
    write_record(model, EvaluationRecord(SHA256, model.name, passed=True))
    assert Approval(model, SHA256.upper()).granted
    assert settled(Approval(model)) == ""


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"passed": False}, "evaluation_failed"),
        ({"rules": RULES - 1}, "evaluated_by_other_rules"),
        ({"sha256": "a" * 64}, "evaluation_of_another_file"),
    ],
)
def test_others_may_not(model, change, reason):
    write_record(model, replace(EvaluationRecord(SHA256, model.name, passed=True), **change))
    assert settled(Approval(model)) == reason
    assert not Approval(model, SHA256).granted


def test_without_a_record_or_a_file_nobody_may(model):
    assert Approval(model, SHA256).refusal() == "not_evaluated"
    assert Approval(None).refusal() == "no_file"


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '"yes"', '{"passed": true}', '{"passed": "yes", "sha256": "a", "model": "m"}']
)
def test_a_broken_record_is_none(model, text):
    record_path(model).write_text(text)
    assert read_record(model) is None
    assert not Approval(model, SHA256).granted


def test_until_the_checksum_is_known_the_answer_is_no(model, monkeypatch):
    write_record(model, EvaluationRecord(SHA256, model.name, passed=True))
    go = threading.Event()
    monkeypatch.setattr(approval, "sha256_of", lambda _path: go.wait(20) and SHA256)
    made = Approval(model)
    assert made.refusal() == "checksum_pending"
    assert not made.granted
    go.set()
    assert settled(made) == ""


def test_a_file_that_is_exchanged_loses_it(model):
    write_record(model, EvaluationRecord(SHA256, model.name, passed=True))
    made = Approval(model)
    assert settled(made) == ""
    model.write_bytes(b"GGUF other weights")
    assert settled(made) == "evaluation_of_another_file"


def test_a_record_that_appears_later_counts(model):
    made = Approval(model, SHA256)
    assert not made.granted
    write_record(model, EvaluationRecord(SHA256, model.name, passed=True, measured={"right": 1.0}))
    assert made.granted
    assert read_record(model).measured == {"right": 1.0}
