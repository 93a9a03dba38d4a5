"""./munbot bench: measure the running platform, or one in containers of its own; write JSON and print tables."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from munbot_cli.bench.compose import PARTS, choose_parts, run_compose
from munbot_cli.commands.lifecycle import ProjectOption
from munbot_cli.commands.reports import report
from munbot_cli.environment import instance_environment
from munbot_cli.errors import MunbotError
from munbot_cli.progress import console
from munbot_cli.project import Project
from munbot_cli.testing.suites import prepare_tools

__all__ = ["bench"]

_COMPOSE_PROJECT = "munbot-bench"
# What a benchmark needs beyond `--json FILE` and the MUNBOT_TEST_* variables.
_ARGUMENTS: dict[str, tuple[str, ...]] = {
    "booking": (
        "--base-url",
        "{MUNBOT_TEST_SCHEDULER_URL}",
        "--token-file",
        "{MUNBOT_TEST_SECRETS_DIR}/service_token_cli",
    ),
}
# Of a room by itself: no platform need run. By name only, as they take long or need a model.
_ROOMS: dict[str, tuple[str, ...]] = {
    "answers": (
        "llm-gateway/benchmarks/answers.py",
        "llm-gateway/calibration/valle-claro.jsonl",
        "config/demo/knowledge/valle-claro",
    ),
    "models": ("llm-gateway/benchmarks/models.py", "--engine", "var/llm-engine", "--model", "{MODEL}"),
    "voice": ("llm-gateway/benchmarks/voice.py",),
}


def bench(
    names: Annotated[list[str] | None, typer.Argument(help="Benchmarks, such as chat; all by default.")] = None,
    project: ProjectOption = "",
    compose: Annotated[
        bool,
        typer.Option(
            "--compose",
            help="Measure builds, starts, sizes, memory and chats of containers made for it and removed afterwards.",
        ),
    ] = False,
    only: Annotated[
        str, typer.Option("--only", help=f"With --compose: some parts, with commas, of {', '.join(PARTS)}.")
    ] = "",
    rounds: Annotated[int, typer.Option(min=1, help="With --compose: chats of one citizen; fewer are quicker.")] = 20,
) -> None:
    """Run tests/load against the running platform, or measure it in containers; results go to bench-results/."""
    if compose:
        if names:
            raise MunbotError(f"--compose takes its parts by --only, of {', '.join(PARTS)}")
        run_compose(Project.load(), project or _COMPOSE_PROJECT, choose_parts(only), rounds=rounds)
        return
    if only:
        raise MunbotError("--only goes with --compose; without it name the benchmarks: ./munbot bench chat")
    instance, rooms = Project.load(project or None), [name for name in names or [] if name in _ROOMS]
    for name in rooms:
        _run_room(instance, name)
    if rooms != (names or None):
        _run_all(instance, [name for name in names or [] if name not in _ROOMS])


def _run_all(instance: Project, names: list[str]) -> None:
    reports = report(instance)
    if not reports:
        raise MunbotError("the platform is not running: ./munbot up first")
    results = instance.root / "bench-results"
    results.mkdir(exist_ok=True)
    known = {
        path.stem.removeprefix("bench_"): path for path in sorted((instance.root / "tests/load").glob("bench_*.py"))
    }
    for name in names:
        if name not in {*known, "memory"}:
            raise MunbotError(f"there is no benchmark {name!r}; known: {', '.join(['memory', *known, *_ROOMS])}")
    prepare_tools(instance)  # the load generators' own libraries
    chosen = names or ["memory", *known]
    failed = []
    for name in chosen:
        target = results / f"{name}.json"
        if name == "memory":  # first, while the platform is idle
            _memory(reports, target)
            continue
        console.rule(f"[bold]{name}")
        if _run(instance, name, known[name], target):
            failed.append(name)
    console.print(f"\nResults: {results}")
    if failed:
        raise MunbotError(f"these benchmarks did not end well: {', '.join(failed)}")


def _run_room(project: Project, name: str) -> None:
    console.rule(f"[bold]{name}")
    settings = project.settings
    model = str(Path(settings.get("MUNBOT_MODELS_DIR", "var/models")) / settings.get("LLM_MODEL", ""))
    if name == "models" and not settings.get("LLM_MODEL"):
        raise MunbotError("no model is chosen: ./munbot models use FILE first, and ./munbot models engine")
    arguments = [argument.format(MODEL=model) for argument in _ROOMS[name]]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    if subprocess.run([sys.executable, *arguments], cwd=project.root, env=environment, check=False).returncode:
        raise MunbotError(f"the benchmark {name} did not end well")


def _run(project: Project, name: str, script: Path, target: Path) -> int:
    addresses = instance_environment(project)
    arguments = [argument.format(**addresses) for argument in _ARGUMENTS.get(name, ())]
    result = subprocess.run(
        [sys.executable, str(script), *arguments, "--json", str(target)],
        cwd=project.root,
        env={**os.environ, **addresses},
        check=False,
    )
    return result.returncode


def _memory(reports: list[Any], target: Path) -> None:
    table = Table(title="Resident memory, idle", title_justify="left")
    table.add_column("process")
    table.add_column("MB", justify="right")
    megabytes = {entry.name: round(entry.memory / 2**20, 1) for entry in reports if entry.memory}
    for name, size in sorted(megabytes.items(), key=lambda item: -item[1]):
        table.add_row(name, f"{size:,.0f}")
    total = round(sum(megabytes.values()), 1)
    table.add_section()
    table.add_row("total", f"{total:,.0f}")
    console.print(table)
    content = {
        "bench": "memory",
        "at": datetime.now(UTC).isoformat(),
        "total_mb": total,
        "processes_mb": megabytes,
    }
    target.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
