import json
from pathlib import Path

import numpy as np
import pytest
from munbot_rasa.components import encoder
from munbot_rasa.components.intent_classifier import SpanishIntentClassifier
from munbot_rasa.components.ngrams import NgramVectorizer
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

EXAMPLES = {
    "greet": ["hola", "buenos días", "buenas tardes", "qué tal", "hola buenas"],
    "book_appointment": [
        "quiero pedir hora",
        "necesito una hora",
        "agendar una cita",
        "dame hora",
        "reservar una hora",
    ],
    "inform": ["el lunes", "en la tarde", "licencia clase b", "10:30", "11.111.111-1"],
}


def build(tmp_path: Path, **config: object) -> tuple[SpanishIntentClassifier, SpanishIntentClassifier]:
    """Train a small classifier, and load it again from what it wrote."""
    storage, resource = LocalModelStorage(tmp_path), Resource("classifier")
    context = ExecutionContext(GraphSchema({}))
    trained = SpanishIntentClassifier.create(dict(config), storage, resource, context)
    messages = [Message.build(text, intent) for intent, texts in EXAMPLES.items() for text in texts]
    trained.train(TrainingData(messages))
    return trained, SpanishIntentClassifier.load(dict(config), storage, resource, context)


@pytest.mark.parametrize("views", [{}, {"embeddings": False}, {"ngrams": False}])
def test_a_loaded_classifier_answers_as_the_trained_one(tmp_path: Path, views: dict[str, bool]) -> None:
    trained, loaded = build(tmp_path, **views)
    for text in ("kiero ora", "holaaa", "el martes"):
        before, after = trained.rank(text), loaded.rank(text)
        assert [entry["name"] for entry in before] == [entry["name"] for entry in after]
        assert sum(entry["confidence"] for entry in after) == pytest.approx(1.0, abs=1e-5)


def test_it_understands_misspelt_and_unseen_words(tmp_path: Path) -> None:
    _, classifier = build(tmp_path)
    assert classifier.rank("KIERO PEDIR ORA porfa")[0]["name"] == "book_appointment"
    assert classifier.rank("¿me podrían atender? quisiera reservar una cita")[0]["name"] == "book_appointment"
    assert classifier.rank("Holaaaaa")[0]["name"] == "greet"


@pytest.mark.parametrize("text", ["10", "98765 4321", "12.345.678-9", "10:15", "24/11"])
def test_digits_alone_answer_a_question(tmp_path: Path, text: str) -> None:
    _, classifier = build(tmp_path)
    assert classifier.rank(text)[0] == {"name": "inform", "confidence": 1.0}


@pytest.mark.parametrize("text", ["", "😂😂", "???", "\x00"])
def test_nothing_said_is_nothing_understood(tmp_path: Path, text: str) -> None:
    _, classifier = build(tmp_path)
    assert classifier.rank(text)[0]["confidence"] == pytest.approx(1 / len(EXAMPLES))


def test_a_button_is_left_to_rasas_own_reader(tmp_path: Path) -> None:
    _, classifier = build(tmp_path)
    [message] = classifier.process([Message(data={"text": '/inform{"slot_start": "2026-11-24T10:15"}'})])
    assert message.get("intent") == {"name": None, "confidence": 1.0}


def test_the_model_is_plain_json_and_arrays(tmp_path: Path) -> None:
    build(tmp_path)
    content = json.loads((tmp_path / "classifier" / "classifier.json").read_text())
    assert content["labels"] == sorted(EXAMPLES)
    with np.load(tmp_path / "classifier" / "weights.npz", allow_pickle=False) as arrays:
        assert arrays["weights"].shape[0] == len(EXAMPLES)


def test_ngrams_survive_json() -> None:
    texts = ["quiero hora", "quiero cita", "quiero licencia", "hola"]
    first = NgramVectorizer.fit(texts)
    second = NgramVectorizer.from_dict(json.loads(json.dumps(first.as_dict())))
    np.testing.assert_array_equal(first.transform(texts), second.transform(texts))
    assert np.linalg.norm(first.transform(["quiero"])[0]) == pytest.approx(1.0)
    assert not first.transform(["zzz"]).any()
    np.testing.assert_allclose(first.transform_sparse([*texts, "zzz"]).toarray(), first.transform([*texts, "zzz"]))


def test_known_embeddings_are_not_computed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = tmp_path / "embeddings.npz"
    monkeypatch.setenv(encoder.CACHE_VARIABLE, str(cache))
    asked: list[str] = []
    original = encoder.SentenceEncoder.encode

    def counted(self: encoder.SentenceEncoder, texts: list[str]) -> np.ndarray:
        asked.extend(texts)
        return original(self, texts)

    monkeypatch.setattr(encoder.SentenceEncoder, "encode", counted)
    first = encoder.SentenceEncoder().encode_many(["hola", "chao", "hola"])
    second = encoder.SentenceEncoder().encode_many(["chao", "gracias", "hola"])
    assert sorted(asked) == ["chao", "gracias", "hola"]
    np.testing.assert_array_equal(first[0], second[2])
    np.testing.assert_allclose(np.linalg.norm(second, axis=1), 1.0, atol=1e-3)


def test_a_damaged_cache_is_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = tmp_path / "embeddings.npz"
    cache.write_bytes(b"not an archive")
    monkeypatch.setenv(encoder.CACHE_VARIABLE, str(cache))
    assert encoder.SentenceEncoder().encode_many(["hola"]).shape == (1, encoder.DIMENSIONS)
