"""Train every candidate pipeline and measure it on labelled phrases: the table of docs/nlu.md.

Each candidate is trained and scored in processes of its own, so that memory is its own and TensorFlow is imported only
where the candidate needs it.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from munbot_rasa.project import Project

OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True)
class Phrase:
    """Hold one labelled phrase: its text and the intents that are right."""

    text: str
    accept: tuple[str, ...]


@dataclass(frozen=True)
class Score:
    """Hold what was measured; times in milliseconds of CPU, memory and sizes in MB, shares between 0 and 1."""

    accuracy: float
    out_of_scope_recall: float
    fallbacks: int
    p50: float
    p95: float
    memory: float


def read_phrases(path: Path) -> list[Phrase]:
    """Read JSON lines `{"text": ..., "accept": [intents]}`."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [Phrase(text=row["text"], accept=tuple(row["accept"])) for row in rows]


def score(phrases: list[Phrase], answers: list[str], seconds: list[float], memory: float) -> Score:
    """Compare answers with labels.

    Args:
        phrases: what was asked.
        answers: the intent given to each phrase.
        seconds: how much CPU time each took; unlike the clock on the wall it does not mind other programs.
        memory: resident memory of the process in MB.

    Returns:
        The figures. Recall of `out_of_scope` is strict: of the phrases that accept it, the share answered with exactly
        that intent, though another may be accepted too.
    """
    hits = [answer in phrase.accept for phrase, answer in zip(phrases, answers, strict=True)]
    outside = [answer for phrase, answer in zip(phrases, answers, strict=True) if OUT_OF_SCOPE in phrase.accept]
    ordered = sorted(seconds)
    return Score(
        accuracy=sum(hits) / max(1, len(hits)),
        out_of_scope_recall=outside.count(OUT_OF_SCOPE) / max(1, len(outside)),
        fallbacks=answers.count("nlu_fallback"),
        p50=ordered[len(ordered) // 2] * 1000,
        p95=ordered[int(len(ordered) * 0.95)] * 1000,
        memory=memory,
    )


def candidates(project: Project) -> dict[str, Path]:
    """Name the candidates: the pipeline in use and those in pipelines/."""
    others = sorted((project.home / "pipelines").glob("*.yml"))
    return {"in use": project.config, **{path.stem: path for path in others}}


def compare(project: Project, phrases_file: Path, *, only: list[str]) -> int:
    """Train and score candidates and print a Markdown table.

    Returns:
        0, or 1 when a candidate could not be trained.
    """
    failed = 0
    head = ["pipeline", "accuracy", "out-of-scope recall", "fallbacks", "training s", "training MB", "serving MB"]
    head += ["p50 CPU ms", "p95 CPU ms", "model MB"]
    print("| " + " | ".join(head) + " |\n" + "| --- " * len(head) + "|", flush=True)
    for name, config in candidates(project).items():
        if only and name not in only:
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                trained = _in_process("train", config, Path(folder), project, phrases_file)
                scored = _in_process("score", config, Path(folder), project, phrases_file)
            except subprocess.CalledProcessError as error:
                print(f"| {name} | failed: {(error.stderr or '')[-300:]} |", flush=True)
                failed = 1
                continue
        row = [name, f"{scored['accuracy']:.3f}", f"{scored['out_of_scope_recall']:.2f}", str(scored["fallbacks"])]
        row += [f"{trained['seconds']:.0f}", f"{trained['memory']:.0f}", f"{scored['memory']:.0f}"]
        row += [f"{scored['p50']:.1f}", f"{scored['p95']:.1f}", f"{trained['size']:.1f}"]
        print("| " + " | ".join(row) + " |", flush=True)
    return failed


def _in_process(stage: str, config: Path, folder: Path, project: Project, phrases: Path) -> dict[str, Any]:
    neural = "DIETClassifier" in config.read_text(encoding="utf-8")
    environment = {**os.environ, "RASA_WITH_TENSORFLOW": "1" if neural else "0"}
    command = [sys.executable, "-m", "munbot_rasa.comparison", stage, str(config), str(folder)]
    command += [str(project.home), str(phrases.resolve())]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return dict(json.loads(result.stdout.splitlines()[-1]))


def _resident() -> float:
    """Give the resident memory of this process in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _train(config: str, folder: str, home: str) -> dict[str, float]:
    began = time.monotonic()
    os.environ["RASA_MAX_CACHE_SIZE"] = "0"
    os.environ["RASA_CACHE_DIRECTORY"] = str(Path(folder) / "cache")
    import resource

    from rasa.model_training import train_nlu

    model = train_nlu(config, str(Path(home) / "data" / "nlu"), folder, fixed_model_name="model")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    return {"seconds": time.monotonic() - began, "memory": peak, "size": Path(str(model)).stat().st_size / 1e6}


def _score(folder: str, phrases_file: str) -> dict[str, float]:
    from rasa.core.agent import Agent

    phrases = read_phrases(Path(phrases_file))
    agent = Agent.load(str(next(Path(folder).glob("*.tar.gz"))))

    async def ask_all() -> tuple[list[str], list[float]]:
        await agent.parse_message("hola")
        answers, seconds = [], []
        for phrase in phrases:
            began = time.process_time()
            answers.append(str((await agent.parse_message(phrase.text))["intent"]["name"]))
            seconds.append(time.process_time() - began)
        return answers, seconds

    answers, seconds = asyncio.run(ask_all())
    return asdict(score(phrases, answers, seconds, _resident()))


def _main(arguments: list[str]) -> None:
    stage, config, folder, home, phrases = arguments
    from munbot_rasa.serving.server import prepare_process

    prepare_process(threads=(os.cpu_count() or 1) if stage == "train" else 1)
    print(json.dumps(_train(config, folder, home) if stage == "train" else _score(folder, phrases)))


if __name__ == "__main__":
    _main(sys.argv[1:])
