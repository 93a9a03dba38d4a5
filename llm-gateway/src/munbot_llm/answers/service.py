"""From a question to an answer."""

from collections.abc import Sequence

from munbot_llm.answers.models import Answer, Generator, Mode, Source, Turn
from munbot_llm.answers.texts import text
from munbot_llm.answers.trimming import trim
from munbot_llm.retrieval.index import Hit, TenantIndex

_CANDIDATES = 10
_OPTIONS = 3


class AnswerService:
    """Answers questions from a tenant's passages. Used by all threads at once.

    Args:
        generator: says it in other words; None quotes the documents.
    """

    def __init__(self, generator: Generator | None = None) -> None:
        self._generator = generator

    def answer(self, index: TenantIndex | None, question: str, history: Sequence[Turn] = ()) -> Answer:
        """Answer a question.

        Args:
            index: what the tenant knows; None: nothing.
            question: what the citizen wrote.
            history: the messages before it, the oldest first. Never a source of facts.
        """
        if index is None:
            return unknown()
        hits = index.hits(index.understand(question), _CANDIDATES)
        if not hits or hits[0].score < 3.0:
            return unknown()
        if len(hits) >= _OPTIONS and hits[0].score < 4.0:
            return clarify([hit.passage.article or hit.passage.document for hit in hits], 0.4)
        return self._answered(question, hits, history)

    def _answered(self, question: str, hits: Sequence[Hit], history: Sequence[Turn]) -> Answer:
        generated = None
        if self._generator is not None:
            generated = self._generator.generate(question, [hit.passage for hit in hits[:3]], history)
        passage = hits[0].passage
        source = Source(passage.document_id, passage.document, passage.article, passage.text)
        mode = Mode.GENERATED if generated else Mode.EXTRACTIVE
        return Answer(generated or trim(passage.text, 0), mode, (source,), 0.8)


def unknown(confidence: float = 0.0) -> Answer:
    """Say that the documents do not tell."""
    return Answer(text("unknown"), Mode.UNKNOWN, confidence=confidence, handoff=True)


def clarify(options: Sequence[str], confidence: float) -> Answer:
    """Ask which of some things was meant; with fewer than two, say that nothing is known."""
    different = tuple(dict.fromkeys(option for option in options if option))[:_OPTIONS]
    if len(different) < 2:
        return unknown(confidence)
    return Answer(text("clarify"), Mode.CLARIFY, confidence=confidence, options=different)
