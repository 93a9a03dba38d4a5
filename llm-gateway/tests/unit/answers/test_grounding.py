"""The guard: a table of what passes and what does not, and properties that hold for any text."""

from pathlib import Path

import pytest
import yaml
from munbot_llm.answers.grounding import borne_out_by, check
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


def test_the_sources_are_the_passages_that_bear_it_out():
    cost, where, chip = passage("licence_cost"), passage("licence_where"), passage("chip")
    both = "La renovación cuesta aproximadamente 0,5 UTM. La licencia se renueva en la Dirección de Tránsito."
    assert check(both, [chip, where, cost]).ok
    assert borne_out_by(both, [chip, where, cost]) == [where, cost]
    assert borne_out_by("No tener el chip se multa con 1 a 3 UTM.", [where, chip]) == [chip]
