"""Questions that tell the bot what to say, and passages that speak to a machine: neither gets or gives an answer."""

import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

import yaml

from munbot_llm.answers.grounding import is_suspicious
from munbot_llm.documents.passages import Passage
from munbot_llm.retrieval.text import fold

_WEB = re.compile(r"(?:https?://|www\.)\S+")
_HIDDEN = 3  # invisible characters; one or two come from copying


@cache
def _patterns() -> re.Pattern[str]:
    loaded = yaml.safe_load(files(__package__).joinpath("resources", "manipulation.yml").read_text("utf-8"))
    return re.compile("|".join(f"(?:{pattern})" for pattern in loaded["question"]))


def manipulates(question: str) -> bool:
    """Tell whether a question orders the bot to say or to be something."""
    hidden = sum(unicodedata.category(character) == "Cf" for character in question)
    return hidden >= _HIDDEN or _patterns().search(fold(question)) is not None


def quotable(passage: Passage) -> bool:
    """Tell whether a passage may be quoted: it speaks to people, or is a pair that the office wrote itself."""
    return bool(passage.questions) or not _speaks_to_machines(passage.text)


@lru_cache(maxsize=50_000)
def _speaks_to_machines(text: str) -> bool:
    return is_suspicious(_WEB.sub(" ", text))
