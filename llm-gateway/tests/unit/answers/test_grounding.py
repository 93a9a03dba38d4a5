"""The guard: a table of what passes and what does not, and properties that hold for any text."""

from pathlib import Path

import pytest
import yaml
from munbot_llm.answers.grounding import check
from munbot_llm.documents.passages import Passage

CASES = yaml.safe_load((Path(__file__).parent / "grounding_cases.yml").read_text(encoding="utf-8"))


def passage(key):
    body = CASES["passages"][key]
    headings = (body["article"],) if body["article"] else ()
    return Passage(key, body["document"], body["article"], headings, body["text"], 0)


@pytest.mark.parametrize("case", CASES["accepted"], ids=lambda case: case["text"][:60])
def test_what_the_passages_say_passes(case):
    verdict = check(case["text"], [passage(key) for key in case["of"]])
    assert verdict.ok, verdict.reason


@pytest.mark.parametrize("case", CASES["rejected"], ids=lambda case: case["text"][:60])
def test_what_they_do_not_say_is_kept_back(case):
    verdict = check(case["text"], [passage(key) for key in case["of"]])
    assert not verdict.ok
    assert verdict.reason.startswith(case["why"])


def test_the_table_is_long_enough():
    assert len(CASES["accepted"]) >= 40
    assert len(CASES["rejected"]) >= 80
