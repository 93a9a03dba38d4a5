"""python -m munbot_llm evaluate model FILE, behind `./munbot eval model` and `./munbot models use`."""

import argparse
import asyncio
import json
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from munbot_common.logs import configure_logging
from munbot_common.problems import Problem
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from munbot_llm.answers.generation import GroundedGenerator
from munbot_llm.answers.generation_model import ModelTalker
from munbot_llm.answers.generation_trial import choose, figures, judge, run_trial
from munbot_llm.documents.passages import Passage
from munbot_llm.evaluation.questions import QuestionsUnreadable, read_documents, read_questions
from munbot_llm.models.approval import EvaluationRecord, write_record
from munbot_llm.models.chat import ModelState
from munbot_llm.models.files import sha256_of
from munbot_llm.models.service import ModelService, build_model
from munbot_llm.retrieval.cache import EmbeddingCache
from munbot_llm.retrieval.embedder import Embedder, all_cores
from munbot_llm.retrieval.index import TenantIndex
from munbot_llm.settings import AnswerSettings

console = Console(stderr=True, highlight=False)

PASSED, NOT_PASSED, IMPOSSIBLE = 0, 3, 1
_LOADING_SECONDS = 300.0
_WRITING_SECONDS = 120.0  # so that quality is seen on slow machines too; `in_time` counts the seconds of real life


class ModelUnusable(Exception):
    """The model cannot be tried at all; the message says why."""


class _Yes:
    granted = True  # the trial decides; until then the model is asked


def main(argv: Sequence[str]) -> int:
    """Try the model, leave the record beside it, say what was found; 0: passed, 3: not passed, 1: impossible."""
    parser = argparse.ArgumentParser(prog="munbot_llm evaluate model")
    parser.add_argument("file", type=Path, help="a GGUF file")
    parser.add_argument("--documents", type=Path, required=True, help="folder of documents and pairs")
    parser.add_argument("--questions", type=Path, required=True, help="JSON lines: question, answerable, must_contain")
    parser.add_argument("--limit", type=int, default=0, help="so many questions, spread evenly; 0: all")
    parser.add_argument("--cache", type=Path, default=None, help="SQLite file of embeddings, kept")
    parser.add_argument("--json", action="store_true", help="print the record only")
    arguments = parser.parse_args(argv)
    configure_logging("evaluate", "ERROR")  # the figures say what happened
    try:
        record = evaluate(
            arguments.file,
            arguments.documents,
            arguments.questions,
            limit=arguments.limit,
            cache=arguments.cache,
        )
        where = str(write_record(arguments.file, record))
    except (ModelUnusable, QuestionsUnreadable, Problem) as error:
        console.print(str(error), style="red", markup=False, soft_wrap=True)
        return IMPOSSIBLE
    except OSError as error:
        console.print(
            f"{error.filename or arguments.file}: {error.strerror}", style="red", markup=False, soft_wrap=True
        )
        return IMPOSSIBLE
    if arguments.json:
        content = {"passed": record.passed, "measured": record.measured, "criteria": record.criteria}
        print(json.dumps(content, ensure_ascii=False))  # noqa: T201 - asked for
    else:
        show(record)
        console.print(f"[dim]written to {where}[/dim]", soft_wrap=True)
    return PASSED if record.passed else NOT_PASSED


def evaluate(
    file: Path, documents: Path, questions: Path, *, limit: int = 0, cache: Path | None = None
) -> EvaluationRecord:
    """Try a model.

    Args:
        file: the GGUF file.
        documents: folder of what may be answered from.
        questions: see `read_questions`.
        limit: so many questions; 0: all.
        cache: of embeddings.

    Raises:
        ModelUnusable: it does not load, or the engine is missing.
        QuestionsUnreadable, Problem: there is nothing to ask, or a document cannot be imported.
        OSError: a file cannot be read.
    """
    settings = AnswerSettings(llm_model_path=file.resolve(), llm_model_sha256="")
    asked = choose(read_questions(questions), limit)
    passages = read_documents(documents)
    checksum = sha256_of(file)
    with _index(passages, cache) as index, _running(settings) as models, _bar() as bar:
        task = bar.add_task("asking", total=len(asked))
        generator = GroundedGenerator(ModelTalker(models, _Yes(), seconds=_WRITING_SECONDS))
        trial = run_trial(generator, index, asked, told=lambda done: bar.update(task, completed=done))
    measured = figures(trial, settings.llm_answer_seconds)
    criteria = judge(measured)
    return EvaluationRecord(
        sha256=checksum,
        model=file.name,
        passed=all(criterion["met"] for criterion in criteria.values()),
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        measured=measured,
        criteria=criteria,
    )


def show(record: EvaluationRecord) -> None:
    """Print what was found."""
    table = Table(title=f"Answers by {record.model}", title_justify="left")
    for heading in ("", "asked", "found", ""):
        table.add_column(heading)
    for name, criterion in record.criteria.items():
        mark = "[green]✓[/green]" if criterion["met"] else "[red]✗[/red]"
        table.add_row(name, criterion["asked"], str(criterion["found"]), mark)
    console.print(table)
    others = {name: value for name, value in record.measured.items() if name not in record.criteria}
    console.print(", ".join(f"{name} {_plain(value)}" for name, value in others.items()), markup=False)
    if record.passed:
        console.print("[green]It may write answers.[/green]")
    else:
        console.print("[red]It may not write answers: they stay quoted from the documents.[/red]")


def _plain(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)


@contextmanager
def _index(passages: list[Passage], cache: Path | None) -> Iterator[TenantIndex]:
    with tempfile.TemporaryDirectory() as folder:
        embeddings = EmbeddingCache(cache or Path(folder) / "embeddings.sqlite", Embedder(all_cores()))
        try:
            yield TenantIndex.build(passages, embeddings)
        finally:
            embeddings.close()


@contextmanager
def _running(settings: AnswerSettings) -> Iterator[ModelService]:
    """Give the model's service, its process loaded, with an event loop in a thread of its own.

    Raises:
        ModelUnusable: it does not load.
    """
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="event loop", daemon=True)
    thread.start()

    def wait_for(work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, loop).result()

    try:
        models = ModelService(build_model(settings), deadline_seconds=_WRITING_SECONDS)
        wait_for(models.start())
        try:
            _wait_until_ready(models)
            yield models
        finally:
            wait_for(models.close())
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def _wait_until_ready(models: ModelService) -> None:
    end = time.monotonic() + _LOADING_SECONDS
    while not models.ready:
        status = models.status
        if status.state is ModelState.ENGINE_MISSING:
            raise ModelUnusable("the engine is missing: ./munbot models engine compiles it, once")
        if status.state is ModelState.FAILED or time.monotonic() > end:
            raise ModelUnusable(f"the model does not load: {status.reason or 'it takes too long'}")
        time.sleep(0.1)


def _bar() -> Progress:
    return Progress(console=console, disable=not sys.stderr.isatty(), transient=True)
