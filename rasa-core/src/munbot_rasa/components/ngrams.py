"""TF-IDF over character n-grams, in a form that is saved as JSON and read without scikit-learn."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise
from typing import Any

import numpy as np

from munbot_rasa.components.text import without_accents

SIZES = (2, 3, 4)
SEEN_AT_LEAST = 3


def character_ngrams(text: str) -> Counter[str]:
    """Count n-grams inside words, with a space as the border of a word, and pairs of words."""
    counts: Counter[str] = Counter()
    words = without_accents(text).split()
    for word in words:
        padded = f" {word} "
        for size in SIZES:
            counts.update(padded[i : i + size] for i in range(len(padded) - size + 1))
    counts.update(f"{left}_{right}" for left, right in pairwise(words))
    return counts


class NgramVectorizer:
    """Weigh n-grams by (1 + log count) · idf and scale each text to length 1."""

    def __init__(self, vocabulary: list[str], idf: list[float]) -> None:
        self._index = {ngram: i for i, ngram in enumerate(vocabulary)}
        self._idf = np.asarray(idf, dtype=np.float32)

    @classmethod
    def fit(cls, texts: list[str]) -> NgramVectorizer:
        """Learn the n-grams that occur in at least `SEEN_AT_LEAST` texts."""
        documents: Counter[str] = Counter()
        for text in texts:
            documents.update(character_ngrams(text).keys())
        vocabulary = sorted(ngram for ngram, count in documents.items() if count >= SEEN_AT_LEAST)
        idf = [round(math.log((1 + len(texts)) / (1 + documents[ngram])) + 1, 5) for ngram in vocabulary]
        return cls(vocabulary, idf)

    def transform(self, texts: list[str]) -> np.ndarray:
        """Give a float32 array of shape (len(texts), size of the vocabulary)."""
        matrix = np.zeros((len(texts), len(self._idf)), dtype=np.float32)
        for row, text in enumerate(texts):
            columns, weights = self._weigh(text)
            matrix[row, columns] = weights
        return matrix

    def transform_sparse(self, texts: list[str]) -> Any:
        """Give the same as a scipy matrix, which holds only what is not zero."""
        from scipy import sparse

        weighed = [self._weigh(text) for text in texts]
        ends = np.cumsum([0] + [len(columns) for columns, _ in weighed])
        columns = np.concatenate([columns for columns, _ in weighed])
        weights = np.concatenate([weights for _, weights in weighed])
        return sparse.csr_matrix((weights, columns, ends), shape=(len(texts), len(self._idf)))

    def _weigh(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        counts = {self._index[n]: count for n, count in character_ngrams(text).items() if n in self._index}
        columns = np.fromiter(counts, dtype=np.int32, count=len(counts))
        weights = np.array([1 + math.log(count) for count in counts.values()], dtype=np.float32) * self._idf[columns]
        norm = np.linalg.norm(weights)
        return columns, weights / norm if norm else weights

    def as_dict(self) -> dict[str, Any]:
        """Give what `from_dict` needs, ready for JSON."""
        return {"vocabulary": list(self._index), "idf": [float(x) for x in self._idf]}

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> NgramVectorizer:
        """Build the vectorizer that `as_dict` described."""
        return cls(content["vocabulary"], content["idf"])
