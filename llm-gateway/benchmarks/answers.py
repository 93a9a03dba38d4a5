"""How quick answers are: the service with four clients, and the search of 10,000 passages.

    OMP_NUM_THREADS=1 python llm-gateway/benchmarks/answers.py QUESTIONS DOCUMENTS

QUESTIONS: JSON lines as for `./munbot eval answers`; DOCUMENTS: the folder they are about. Nothing is kept between
questions: each is asked once of a fresh service. The 10,000 passages are the documents' own, repeated with the words
in another order, with vectors drawn at random: embedding them would take an hour and changes nothing about a search.
"""

import argparse
import os
import platform
import random
import resource
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from munbot_llm.answers.service import AnswerService
from munbot_llm.documents.passages import Passage
from munbot_llm.evaluation.questions import read_documents, read_questions
from munbot_llm.retrieval.cache import EmbeddingCache
from munbot_llm.retrieval.embedder import Embedder
from munbot_llm.retrieval.index import TenantIndex

CLIENTS = 4
PASSAGES = 10_000


class Drawn:
    """Random directions for what documents say; the real model's for what citizens ask."""

    def __init__(self, embedder):
        self._embedder = embedder
        self._random = np.random.default_rng(1)

    def queries(self, texts):
        return self._embedder.queries(texts)

    def passages(self, texts):
        vectors = self._random.standard_normal((len(texts), 384), dtype=np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    questions = passages


def tell(name, seconds):
    cuts = statistics.quantiles([1000 * value for value in seconds], n=100)
    print(f"{name:<44} p50 {cuts[49]:6.1f} ms  p95 {cuts[94]:6.1f} ms  p99 {cuts[98]:6.1f} ms  n {len(seconds)}")


def timed(function, argument):
    started = time.perf_counter()
    function(argument)
    return time.perf_counter() - started


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("questions", type=Path)
    parser.add_argument("documents", type=Path)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "munbot-benchmark-vectors.sqlite")
    arguments = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {platform.python_version()}")
    embedder = Embedder()
    passages = read_documents(arguments.documents)
    questions = [question.text for question in read_questions(arguments.questions)]
    index = TenantIndex.build(passages, EmbeddingCache(arguments.cache, embedder))
    service = AnswerService()
    service.answer(index, "¿Hay calentamiento?")
    tell("one client, embedding the question only", [timed(index.understand, text) for text in questions])
    spent = time.process_time()
    tell("one client, answers", [timed(lambda text: service.answer(index, text), text) for text in questions])
    print(f"processor time an answer: {1000 * (time.process_time() - spent) / len(questions):.1f} ms")
    service = AnswerService()
    with ThreadPoolExecutor(CLIENTS) as pool:
        seconds = list(pool.map(lambda text: timed(lambda asked: service.answer(index, asked), text), questions))
    tell(f"{CLIENTS} clients, answers", seconds)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(passages)} passages, {len(index.segments)} sentences; memory at most {peak:.0f} MB")
    shuffled = random.Random(1)
    many = []
    for number in range(PASSAGES):
        own = passages[number % len(passages)]
        words = own.text.split()
        shuffled.shuffle(words)
        many.append(Passage(own.document_id, own.document, own.article, own.headings, " ".join(words), number))
    large = TenantIndex.build(many, Drawn(embedder))
    asked = [large.understand(text) for text in questions]
    tell(
        f"one client, search of {PASSAGES} passages",
        [timed(lambda query: large.hits(query, 10), query) for query in asked],
    )
    tell(
        "the same, with embedding the question",
        [timed(lambda text: large.search(text, 10), text) for text in questions],
    )
    print(f"{len(large.segments)} sentences")


if __name__ == "__main__":
    main()
