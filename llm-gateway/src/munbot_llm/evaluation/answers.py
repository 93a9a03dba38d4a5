"""python -m munbot_llm evaluate answers FILE: how many questions are answered rightly."""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from munbot_llm.answers.service import AnswerService
from munbot_llm.documents.problems import DocumentTooLarge, DocumentUnusable
from munbot_llm.evaluation.measuring import Outcome, measure, summarise
from munbot_llm.evaluation.questions import QuestionsUnreadable, read_documents, read_questions
from munbot_llm.retrieval.cache import EmbeddingCache
from munbot_llm.retrieval.embedder import Embedder, all_cores
from munbot_llm.retrieval.index import TenantIndex


def main(arguments: list[str]) -> int:
    """Ask everything and print what became of it; 2 when a file cannot be read."""
    parser = argparse.ArgumentParser(prog="munbot_llm evaluate answers")
    parser.add_argument("file", type=Path, help="JSON lines {id, question, answerable, must_contain}")
    parser.add_argument("--documents", type=Path, help="folder; default: ../ordinances beside the file's folder")
    parser.add_argument("--json", action="store_true", help="one line of JSON, nothing else")
    parser.add_argument("-v", "--verbose", action="store_true", help="list what went wrong")
    parser.add_argument("--cache", type=Path, help="file for vectors, to be quicker next time")
    given = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory() as folder:
            cache = EmbeddingCache(given.cache or Path(folder) / "vectors.sqlite", Embedder(all_cores()))
            try:
                return _answers(given, cache)
            finally:
                cache.close()
    except (QuestionsUnreadable, DocumentUnusable, DocumentTooLarge) as error:
        print(error, file=sys.stderr)  # noqa: T201 - a command
        return 2


def _answers(arguments: argparse.Namespace, cache: EmbeddingCache) -> int:
    questions = read_questions(arguments.file)
    folder = arguments.documents or arguments.file.resolve().parent.parent / "ordinances"
    index = TenantIndex.build(read_documents(folder), cache)
    outcomes = measure(index, questions, AnswerService())
    summary = summarise(outcomes)
    if arguments.json:
        _print(json.dumps(summary, ensure_ascii=False))
        return 0
    if arguments.verbose:
        for outcome in outcomes:
            if outcome.verdict in {"wrong", "false"} or (outcome.question.answerable and outcome.verdict != "right"):
                _print(_line(outcome))
    answerable = sum(outcome.question.answerable for outcome in outcomes)
    _print(f"{len(outcomes)} questions, {answerable} answerable; {len(index.passages)} passages")
    shares = ("right", "of the answerable"), ("wrong", "of the answerable"), ("unknown", "of the answerable")
    others = ("clarify", "of all"), ("false", "of the unanswerable"), ("recall_at_3", "of the answerable")
    for name, among in (*shares, *others):
        _print(f"  {name:<12}{summary[name]:>8.1%}  {among}")
    return 0


def _line(outcome: Outcome) -> str:
    shown = " ".join(outcome.answer.text.split())[:160]
    return (
        f"{outcome.verdict:<8} {outcome.answer.confidence:.2f} {outcome.question.id} {outcome.question.text}\n"
        f"         {outcome.question.article or '(nowhere)'} · {shown}"
    )


def _print(text: str) -> None:
    print(text)  # noqa: T201 - a command
