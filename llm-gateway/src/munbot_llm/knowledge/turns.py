"""Embedding a large collection without keeping a small one, or a citizen, waiting."""

import threading
from collections.abc import Callable, Sequence

import numpy as np

from munbot_llm.retrieval.cache import EmbeddingCache
from munbot_llm.retrieval.embedder import Vectors

_TEXTS_A_TURN = 16


class EmbeddingTurns:
    """The cache, asked for some texts at a time, by one index at a time: indexes take turns.

    So one core at most embeds documents, and what was embedded is kept even if the process ends in the middle.
    """

    def __init__(self, cache: EmbeddingCache) -> None:
        self._cache = cache
        self._turn = threading.Lock()

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Embed what citizens ask."""
        return self._cache.queries(texts)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Embed what documents say."""
        return self._in_turns(texts, self._cache.passages)

    def questions(self, texts: Sequence[str]) -> Vectors:
        """Embed the questions of pairs."""
        return self._in_turns(texts, self._cache.questions)

    def _in_turns(self, texts: Sequence[str], embed: Callable[[Sequence[str]], Vectors]) -> Vectors:
        parts = []
        for start in range(0, len(texts), _TEXTS_A_TURN):
            with self._turn:
                parts.append(embed(texts[start : start + _TEXTS_A_TURN]))
        return np.concatenate(parts) if parts else embed([])
