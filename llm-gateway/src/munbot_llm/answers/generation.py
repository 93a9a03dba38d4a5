"""Answers in a model's own words, of which only those reach a citizen that the guard lets through."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Protocol

import yaml
from munbot_common.logs import get_logger

from munbot_llm.answers import metrics
from munbot_llm.answers.grounding import Verdict, check, is_suspicious
from munbot_llm.answers.grounding_facts import clean
from munbot_llm.answers.models import Turn
from munbot_llm.documents.passages import Passage

log = get_logger("generation")

PASSAGES = 3  # more cost time to read and bring other matters in
MAX_TOKENS = 180
TEMPERATURE = 0.1
_MAX_QUESTION = 500  # characters


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a prompt: role is system or user."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Completion:
    """What a model wrote.

    Attributes:
        text: its words.
        whole: it ended by itself rather than at the limit of tokens.
        tokens: how many it wrote.
        seconds: how long it took, waiting included.
    """

    text: str
    whole: bool
    tokens: int = 0
    seconds: float = 0.0


class Talker(Protocol):
    """A language model as a thread sees it."""

    @property
    def may_answer(self) -> bool:
        """Whether a model is there, ready and has passed `eval model`."""
        ...

    def complete(self, messages: Sequence[Message], *, max_tokens: int, temperature: float) -> Completion | None:
        """Return what the model writes; None when it has no time, no room or no life."""
        ...


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at an answer.

    Attributes:
        text: what may be shown; None: nothing.
        outcome: passed, rejected, declined (the model says that the passages do not answer), unavailable, unsafe.
        reason: the guard's objection, or empty.
        completion: what the model wrote; None when it was not asked or did not answer.
    """

    text: str | None
    outcome: str
    reason: str = ""
    completion: Completion | None = None


class GroundedGenerator:
    """The answers' generator. Used by all threads at once.

    Args:
        talker: the model.
    """

    def __init__(self, talker: Talker) -> None:
        self._talker = talker

    def generate(self, question: str, passages: Sequence[Passage], history: Sequence[Turn]) -> str | None:
        """Return an answer each fact of which the passages have; None: quote them instead.

        Args:
            question: what the citizen wrote.
            passages: what was found, the best first.
            history: not given to the model: what was said before is no source, and whoever wrote it may be lying.
        """
        del history
        if not self._talker.may_answer:
            return None
        attempt = self.attempt(question, passages)
        metrics.GENERATED.labels(attempt.outcome).inc()
        if attempt.outcome == "rejected":
            log.info("generated_answer_rejected", reason=attempt.reason.partition(":")[0])
        return attempt.text

    def attempt(self, question: str, passages: Sequence[Passage]) -> Attempt:
        """Ask the model, whether it has passed or not, and judge what it says."""
        given = [passage for passage in passages[:PASSAGES] if not _speaks_to_a_machine(passage)]
        if is_suspicious(question) or not given or given[0] != passages[0]:
            return Attempt(None, "unsafe")
        completion = self._talker.complete(prompt(question, given), max_tokens=MAX_TOKENS, temperature=TEMPERATURE)
        if completion is None:
            return Attempt(None, "unavailable")
        text = tidy(completion.text)
        if _texts()["nothing"] in text:
            return Attempt(None, "declined", completion=completion)
        verdict = check(text, given) if completion.whole else Verdict(ok=False, reason="cut_short")
        if not verdict.ok:
            return Attempt(None, "rejected", verdict.reason, completion)
        return Attempt(text, "passed", completion=completion)


def prompt(question: str, passages: Sequence[Passage]) -> list[Message]:
    """Return what the model is told: rules, then passages in an order of their own, then the question."""
    texts = _texts()
    ordered = sorted(passages, key=lambda passage: (passage.document_id, passage.position))
    fenced = [
        texts["passage"].format(number=number, title=_as_data(_title(passage)), text=_as_data(passage.text))
        for number, passage in enumerate(ordered, start=1)
    ]
    asked = texts["question"].format(question=_as_data(" ".join(question.split())[:_MAX_QUESTION]))
    return [
        Message("system", texts["system"].format(nothing=texts["nothing"])),
        Message("user", "\n".join([*fenced, "", asked])),
    ]


def tidy(text: str) -> str:
    """Return what a model wrote on one line, without thoughts said aloud and quotation marks around the whole."""
    plain = re.sub(r"<think>.*?</think>", " ", text, flags=re.DOTALL)
    plain = " ".join(clean(plain).replace("**", "").split())
    quoted = re.fullmatch(r"[\"«“]([^\"«»“”]+)[\"»”]", plain)
    return quoted[1].strip() if quoted else plain


def _speaks_to_a_machine(passage: Passage) -> bool:
    return is_suspicious(passage.text) or any(is_suspicious(part) for part in (passage.document, *passage.headings))


def _title(passage: Passage) -> str:
    return " · ".join(dict.fromkeys([passage.document, *passage.headings]))


def _as_data(text: str) -> str:
    """Return text that cannot close the fence around it nor open a role of the model's own format."""
    return clean(text).replace("<", "‹").replace(">", "›").replace("[INST", "(INST").replace('"', "'")


@cache
def _texts() -> dict[str, str]:
    source = files("munbot_llm.answers").joinpath("resources/generation.yml").read_text(encoding="utf-8")
    loaded: dict[str, str] = yaml.safe_load(source)
    return loaded
