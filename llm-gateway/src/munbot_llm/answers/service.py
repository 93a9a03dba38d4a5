"""From a question to an answer."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from munbot_llm.answers import metrics
from munbot_llm.answers.evidence import gather
from munbot_llm.answers.followups import whole_question
from munbot_llm.answers.grounding import borne_out_by
from munbot_llm.answers.judge import Judge
from munbot_llm.answers.manipulation import manipulates
from munbot_llm.answers.models import Answer, Generator, Mode, Source, Turn
from munbot_llm.answers.texts import text
from munbot_llm.answers.trimming import SECOND_LIMIT, window
from munbot_llm.documents.passages import Passage
from munbot_llm.retrieval.index import TenantIndex, without_label


@dataclass(frozen=True, slots=True)
class Look:
    """What was found for a question, before anything is said.

    Attributes:
        passages: the best first.
        excerpts: what would be quoted of the first, and of the second where that fits nearly as well.
        probability: that it answers, 0 to 1.
    """

    passages: tuple[Passage, ...] = ()
    excerpts: tuple[str, ...] = ()
    probability: float = 0.0


_GENERATOR_PASSAGES = 3
_OPTIONS = 3
_OPTION_LIMIT = 80
_TELLING = 8  # letters; a shorter title is a number
_KEPT = 500  # questions whose findings are remembered, for each index


class AnswerService:
    """Answers questions from a tenant's passages. Used by all threads at once.

    Args:
        generator: says it in other words; None quotes the documents.
    """

    def __init__(self, generator: Generator | None = None) -> None:
        self._generator = generator
        self._judge = Judge.fitted()
        self._lock = threading.Lock()
        self._kept: WeakKeyDictionary[TenantIndex, OrderedDict[str, Look]] = WeakKeyDictionary()

    def answer(self, index: TenantIndex | None, question: str, history: Sequence[Turn] = ()) -> Answer:
        """Answer a question.

        Args:
            index: what the tenant knows; None: nothing.
            question: what the citizen wrote.
            history: the messages before it, the oldest first. Never a source of facts.
        """
        if index is None or manipulates(question):
            return unknown()
        asked = whole_question(question, history)
        look = self._remembered(index, asked)
        if not look.probability >= self._judge.clarify_from:
            return unknown(look.probability)
        if not look.probability >= self._judge.answer_from:
            return clarify([option(passage) for passage in look.passages], look.probability)
        if self._generator is not None:
            given = look.passages[:_GENERATOR_PASSAGES]
            if generated := self._generator.generate(question, given, history):
                sources = tuple(source(passage) for passage in borne_out_by(generated, given))
                return Answer(generated, Mode.GENERATED, sources, look.probability)
        sources = tuple(source(passage) for passage in look.passages[: len(look.excerpts)])
        return Answer("\n\n".join(look.excerpts), Mode.EXTRACTIVE, sources, look.probability)

    def _remembered(self, index: TenantIndex, question: str) -> Look:
        """Look, or recall what was found; an index never changes, so what was found in it stays true."""
        key = " ".join(question.split())
        with self._lock:
            kept = self._kept.setdefault(index, OrderedDict())
            if key in kept:
                kept.move_to_end(key)
                metrics.ANSWER_CACHE.labels("hit").inc()
                return kept[key]
        metrics.ANSWER_CACHE.labels("miss").inc()
        look = self.look(index, question)
        with self._lock:
            kept[key] = look
            if len(kept) > _KEPT:
                kept.popitem(last=False)
        return look

    def look(self, index: TenantIndex, question: str) -> Look:
        """Return what there is to a question."""
        evidence = gather(index, index.understand(question)) if index.passages else None
        if evidence is None:
            return Look()
        verdict = self._judge.judge(evidence)
        found = tuple(index.passages[place] for place in verdict.passages)
        excerpts = [evidence.windows[verdict.best].text]
        if verdict.second >= 0:
            place, anchor = evidence.places[verdict.second], evidence.anchors[verdict.second]
            excerpts.append(window(index, int(place), int(anchor), SECOND_LIMIT).text)
        return Look(found, tuple(excerpts), verdict.probability)


def source(passage: Passage) -> Source:
    """Return a passage as the source of an answer."""
    return Source(passage.document_id, passage.document, passage.article, passage.text)


def option(passage: Passage) -> str:
    """Return what a passage is about, in words to choose it by: its question, its title, else its beginning.

    A section without a number («Costo») says nothing alone: its document's title stands before it.
    """
    if passage.questions:
        return passage.questions[0]
    name = without_label(passage.article)
    if name and name == passage.article != passage.document:
        return shortened(f"{passage.document}: {name}")
    if len(name) > _TELLING:
        return shortened(passage.article)
    titled = next((heading for heading in reversed(passage.headings) if without_label(heading)), passage.document)
    return shortened(f"{without_label(titled) or passage.document}: {passage.text.splitlines()[0]}")


def shortened(words: str) -> str:
    """Return at most a line, cut between words."""
    line = " ".join(words.split())
    return line if len(line) <= _OPTION_LIMIT else f"{line[:_OPTION_LIMIT].rsplit(' ', 1)[0]}…"


def unknown(confidence: float = 0.0) -> Answer:
    """Say that the documents do not tell."""
    return Answer(text("unknown"), Mode.UNKNOWN, confidence=confidence, handoff=True)


def clarify(options: Sequence[str], confidence: float) -> Answer:
    """Ask which of some things was meant; with fewer than two, say that nothing is known."""
    different = tuple(dict.fromkeys(option for option in options if option))[:_OPTIONS]
    if len(different) < 2:
        return unknown(confidence)
    return Answer(text("clarify"), Mode.CLARIFY, confidence=confidence, options=different)
