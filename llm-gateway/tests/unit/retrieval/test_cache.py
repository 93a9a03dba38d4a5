import sqlite3

import numpy as np
import pytest
from answers_plumbing import embedder
from munbot_llm.retrieval.cache import EmbeddingCache


class Counting:
    """The real model, with a count of what it was asked to compute."""

    version = "v1"

    def __init__(self):
        self.computed = []

    def passages(self, texts):
        self.computed += texts
        return embedder().passages(texts)

    def queries(self, texts):
        self.computed += texts
        return embedder().queries(texts)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "deep" / "vectors.sqlite"


def test_a_restart_embeds_nothing_anew(file):
    first = Counting()
    cache = EmbeddingCache(file, first)
    vectors = cache.passages(["uno", "dos", "uno"])
    cache.close()
    second = Counting()
    again = EmbeddingCache(file, second)
    assert np.array_equal(again.passages(["dos", "uno"]), vectors[[1, 0]])
    assert (first.computed, second.computed) == (["uno", "dos"], [])
    assert (again.hits, again.misses) == (2, 0)


def test_a_question_and_a_passage_of_the_same_words_are_two_things(file):
    cache = EmbeddingCache(file, Counting())
    assert not np.allclose(cache.passages(["la plaza"]), cache.questions(["la plaza"]))


def test_another_version_of_the_model_computes_anew(file):
    EmbeddingCache(file, Counting()).passages(["uno"])
    newer = Counting()
    newer.version = "v2"
    EmbeddingCache(file, newer).passages(["uno"])
    assert newer.computed == ["uno"]


def test_a_damaged_file_is_rebuilt(file):
    file.parent.mkdir()
    file.write_bytes(b"this is no database" * 500)
    counting = Counting()
    cache = EmbeddingCache(file, counting)
    assert cache.passages(["uno"]).shape == (1, 384)
    cache.close()
    EmbeddingCache(file, counting).passages(["uno"])
    assert counting.computed == ["uno"]


def test_a_vector_of_a_wrong_length_is_computed_anew(file):
    counting = Counting()
    cache = EmbeddingCache(file, counting)
    cache.passages(["uno"])
    cache.close()
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE vectors SET vector = x'00'")
    connection.close()
    assert EmbeddingCache(file, counting).passages(["uno"]).shape == (1, 384)
    assert counting.computed == ["uno", "uno"]


def test_without_a_place_to_write_it_still_works(tmp_path):
    blocker = tmp_path / "file"
    blocker.write_text("")
    cache = EmbeddingCache(blocker / "vectors.sqlite", Counting())
    assert cache.passages(["uno"]).shape == (1, 384)


def test_nothing_gives_nothing(file):
    assert EmbeddingCache(file, Counting()).passages([]).shape == (0, 384)
