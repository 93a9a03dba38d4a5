"""Embedding in turns: every vector in its place, whether nobody or somebody asks meanwhile."""

import threading

import numpy as np
import pytest
from munbot_llm.knowledge.turns import Closed, EmbeddingTurns


class Numbers:
    """Embeds a number as itself; counts how many do so at once."""

    def __init__(self):
        self.most = 0
        self._now = 0
        self._lock = threading.Lock()

    def passages(self, texts):
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        rows = np.array([[float(text), 0.0] for text in texts], dtype=np.float32).reshape(-1, 2)
        with self._lock:
            self._now -= 1
        return rows

    queries = questions = passages


@pytest.mark.parametrize("count", [0, 1, 16, 17, 100])
@pytest.mark.parametrize("calm", [False, True])
def test_each_text_gets_its_vector(count, calm):
    turns = EmbeddingTurns(Numbers())
    if calm:
        turns.calm()
        turns.calm()
    texts = [str(number) for number in range(count)]
    for embed in (turns.passages, turns.questions, turns.queries):
        assert embed(texts)[:, 0].tolist() == [float(number) for number in range(count)]


def test_once_calm_one_at_a_time():
    numbers = Numbers()
    turns = EmbeddingTurns(numbers)
    turns.calm()
    texts = [str(number) for number in range(200)]
    threads = [threading.Thread(target=turns.passages, args=(texts,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert numbers.most == 1


@pytest.mark.parametrize("calm", [False, True])
def test_once_closed_a_large_collection_is_given_up(calm):
    class Slow(Numbers):
        def passages(self, texts):
            turns.close()
            return super().passages(texts)

    turns = EmbeddingTurns(Slow())
    if calm:
        turns.calm()
    with pytest.raises(Closed):
        turns.passages([str(number) for number in range(1000)])
