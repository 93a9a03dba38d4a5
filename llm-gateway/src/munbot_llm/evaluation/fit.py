"""python -m munbot_llm evaluate fit FILE=FOLDER...: fit the judge on calibration questions."""

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np

from munbot_llm.evaluation.cases import cases, reach
from munbot_llm.evaluation.fitting import Held, as_json, fit, hold_out, thresholds
from munbot_llm.evaluation.questions import read_documents, read_questions
from munbot_llm.retrieval.cache import EmbeddingCache
from munbot_llm.retrieval.embedder import Embedder, all_cores
from munbot_llm.retrieval.index import TenantIndex

_FALSE = 0.10
_CLARIFY = 0.16


def main(arguments: list[str]) -> int:
    """Fit, print how held-out questions went, and write judge.json where asked to."""
    parser = argparse.ArgumentParser(prog="munbot_llm evaluate fit")
    parser.add_argument("sets", nargs="+", help="FILE=FOLDER: questions and the documents they are about")
    parser.add_argument("--write", type=Path, help="where judge.json goes; without it, nothing is written")
    parser.add_argument("--cache", type=Path, help="file for vectors, to be quicker next time")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        cache = EmbeddingCache(given.cache or Path(folder) / "vectors.sqlite", Embedder(all_cores()))
        try:
            return _fit(given, cache)
        finally:
            cache.close()


def _fit(arguments: argparse.Namespace, cache: EmbeddingCache) -> int:
    found = []
    indexes: dict[str, TenantIndex] = {}
    for pair in arguments.sets:
        file, _, folder = pair.partition("=")
        if folder not in indexes:
            indexes[folder] = TenantIndex.build(read_documents(Path(folder)), cache)
        group = cases(Path(file).stem, indexes[folder], read_questions(Path(file)))
        _print(f"{Path(file).stem}: {len(group)} questions, {len(indexes[folder].passages)} passages, "
               f"{reach(group):.1%} within reach")  # fmt: skip
        found.extend(group)
    held = hold_out(found)
    answer_from, clarify_from = thresholds(held, _FALSE, _CLARIFY)
    for group_name in (*dict.fromkeys(case.group for case in found), ""):
        _tell(group_name, [one for one in held if group_name in {"", one.case.group}], answer_from, clarify_from)
    order, gate = fit(found)
    if arguments.write:
        text = json.dumps(as_json(order, gate, answer_from, clarify_from), indent=1)
        arguments.write.write_text(text + "\n", encoding="utf-8")
    return 0


def _tell(name: str, held: list[Held], answer_from: float, clarify_from: float) -> None:
    answerable = [one for one in held if one.case.question.answerable]
    other = [one for one in held if not one.case.question.answerable]

    def mean(values: list[bool]) -> float:
        return float(np.mean(values)) if values else 0.0

    answered = [one for one in answerable if one.probability >= answer_from]
    _print(
        f"{name or 'all':<16} held out: best window right {mean([one.right for one in answerable]):.3f}, "
        f"passage in 3 {mean([one.rank < 3 for one in answerable]):.3f}; "
        f"right {sum(one.right for one in answered) / max(1, len(answerable)):.3f}, "
        f"wrong {sum(not one.right for one in answered) / max(1, len(answerable)):.3f}, "
        f"false {mean([one.probability >= answer_from for one in other]):.3f}, "
        f"clarify {mean([clarify_from <= one.probability < answer_from for one in held]):.3f}"
    )


def _print(text: str) -> None:
    print(text)  # noqa: T201 - a command
