"""Suggests a category. It needs no language model."""

import threading

import numpy as np
from munbot_contracts.jobs import CategoryOption, CategoryResult, CategorySuggestion

from munbot_llm.categories import rules
from munbot_llm.retrieval.embedder import Embeddings

ALTERNATIVES = 2


class CategoryService:
    """Compares a complaint with the names of categories.

    Args:
        embeddings: vectors; those of the categories' names are kept, those of complaints are not.
    """

    def __init__(self, embeddings: Embeddings) -> None:
        self._embeddings = embeddings
        self._turn = threading.Lock()  # an office's names are embedded once, not by every caller at the same time

    def suggest(self, text: str, categories: list[CategoryOption]) -> CategoryResult:
        """Return the category that fits best, and what else could be meant. Blocks; the first time for seconds."""
        names = [_names_of(category) for category in categories]
        flat = [name for own in names for name in own]
        with self._turn:
            known = self._embeddings.questions(flat)
        similar = known.astype(np.float64) @ self._embeddings.queries([text])[0].astype(np.float64)
        ends = np.cumsum([len(own) for own in names])
        fits = rules.scores(np.split(similar, ends[:-1]), [rules.word_share(text, own) for own in names])
        sure = rules.confidences(fits)
        best = [
            CategorySuggestion(code=categories[place].code, confidence=round(float(sure[place]), 3))
            for place in np.argsort(-sure)[: ALTERNATIVES + 1]
        ]
        return CategoryResult(category=best[0], alternatives=best[1:])


def _names_of(category: CategoryOption) -> list[str]:
    """Return all that a category is called, and all of it in one."""
    if not category.synonyms:
        return [category.name]
    return [category.name, *category.synonyms, f"{category.name}: {', '.join(category.synonyms)}"]
