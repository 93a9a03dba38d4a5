"""The golden corpus: every phrase is read exactly as written down, and nothing besides."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from munbot_actions.spanish_dates import Reading, parse

CORPUS = yaml.safe_load((Path(__file__).parents[1] / "data" / "dates_golden.yml").read_text(encoding="utf-8"))
PHRASES = [(group["now"], dict(phrase)) for group in CORPUS for phrase in group["phrases"]]
SIMPLE = ("part_of_day", "relation", "choice", "bare_number")


def plain(reading: Reading) -> dict[str, Any]:
    """Write a reading as the corpus does."""
    said: dict[str, Any] = {name: getattr(reading, name) for name in SIMPLE}
    said["date"] = reading.date and reading.date.isoformat()
    said["time"] = reading.time and f"{reading.time:%H:%M}"
    said["date_range"] = reading.date_range and [day.isoformat() for day in reading.date_range]
    said["time_range"] = reading.time_range and [f"{at:%H:%M}" for at in reading.time_range]
    said["past_duration"] = reading.past_duration or None
    said["problems"] = [problem.code for problem in reading.problems] or None
    said["negated"] = [plain(other) for other in reading.negated] or None
    said["alternatives"] = [plain(other) for other in reading.alternatives] or None
    return {name: value for name, value in said.items() if value is not None}


@pytest.mark.parametrize(("now", "phrase"), PHRASES, ids=[f"{now}-{phrase['text']}" for now, phrase in PHRASES])
def test_phrase_is_read_as_written_down(now: str, phrase: dict[str, Any]) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=ZoneInfo("America/Santiago"))
    expected = {name: value for name, value in phrase.items() if name != "text"}
    assert plain(parse(phrase["text"], moment)) == expected


def test_corpus_is_large_enough_to_mean_something() -> None:
    assert len(PHRASES) >= 250
    assert len({now for now, _ in PHRASES}) >= 6
