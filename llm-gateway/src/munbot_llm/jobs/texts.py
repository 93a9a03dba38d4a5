"""The Spanish of the prompts, from `resources/es.yml`."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml


@dataclass(frozen=True, slots=True)
class SummaryTexts:
    """What the model is told for a summary."""

    system: str
    conversation: str
    authors: dict[str, str]


@cache
def summary_texts() -> SummaryTexts:
    """Return what the model is told for a summary."""
    raw = yaml.safe_load(files(__package__).joinpath("resources", "es.yml").read_text("utf-8"))
    return SummaryTexts(**raw["summary"])
