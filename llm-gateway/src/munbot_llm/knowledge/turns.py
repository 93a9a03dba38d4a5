"""Embedding a large collection without keeping a small one, or a citizen, waiting."""

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from munbot_llm.retrieval.cache import EmbeddingCache
from munbot_llm.retrieval.embedder import Vectors

_TEXTS_A_TURN = 16


class Closed(Exception):
    """The process ends; nobody waits for this index any more."""


class EmbeddingTurns:
    """The cache, asked for some texts at a time, so that indexes take turns and what was embedded is kept at once.

    All cores embed documents while nobody can ask yet; from `calm` on it is one, and the others are for questions.
    """

    def __init__(self, cache: EmbeddingCache) -> None:
        self._cache = cache
        self._cores = len(os.sched_getaffinity(0))
        self._turns = threading.Semaphore(self._cores)
        self._is_calm = threading.Event()
        self._is_closed = threading.Event()

    def calm(self) -> None:
        """Leave all cores but one to the questions."""
        if not self._is_calm.is_set():
            self._is_calm.set()
            for _ in range(self._cores - 1):
                self._turns.acquire()  # and never given back

    def close(self) -> None:
        """Give up what is being embedded, so that the process can end."""
        self._is_closed.set()

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
        def turn(start: int) -> Vectors:
            with self._turns:
                if self._is_closed.is_set():
                    raise Closed
                return embed(texts[start : start + _TEXTS_A_TURN])

        starts = range(0, max(len(texts), 1), _TEXTS_A_TURN)
        if self._is_calm.is_set() or len(starts) == 1:
            return np.concatenate([turn(start) for start in starts])
        with ThreadPoolExecutor(self._cores, thread_name_prefix="embed") as pool:
            return np.concatenate(list(pool.map(turn, starts)))
