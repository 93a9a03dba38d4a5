"""./munbot bench --compose: every part in its order, on a site of its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

from rich.markup import escape

from munbot_cli.bench.builds import measure_cold_build, measure_rebuilds
from munbot_cli.bench.chat import measure_chat
from munbot_cli.bench.machine import describe, show_machine
from munbot_cli.bench.site import Site, open_site
from munbot_cli.bench.sizes import measure_sizes
from munbot_cli.bench.starts import measure_memory, measure_starts
from munbot_cli.bench.tables import keep_results
from munbot_cli.containers.detection import find_engine
from munbot_cli.containers.engine import Engine
from munbot_cli.errors import MunbotError
from munbot_cli.progress import console
from munbot_cli.project import Project

__all__ = ["PARTS", "choose_parts", "run_compose"]

PARTS = ("build", "sizes", "up", "memory", "chat", "rebuild")


def choose_parts(only: str) -> list[str]:
    """Read a selection such as ``up,memory``, in the order in which parts run; all when it is empty.

    Raises:
        MunbotError: there is no such part.
    """
    wanted = [name.strip() for name in only.split(",") if name.strip()]
    for name in wanted:
        if name not in PARTS:
            raise MunbotError(f"there is no part {name!r}; known: {', '.join(PARTS)}")
    return [name for name in PARTS if name in wanted or not wanted]


def run_compose(checkout: Project, name: str, parts: Sequence[str], *, rounds: int) -> None:
    """Measure the platform in containers, print tables and write bench-results/compose.json.

    Args:
        checkout: whose working tree is measured; it is copied, not touched.
        name: of the benchmark's own compose project; the native run has the same with ``-native``.
        parts: of `PARTS`.
        rounds: how often one citizen goes through the chat's script.

    Raises:
        MunbotError: no engine will do, or a part could not be measured; the others are measured all the same.
    """
    finding = find_engine(os.environ)
    if not finding.answers or finding.problem:
        raise MunbotError(finding.problem or f"containers cannot be measured: {finding.reason}")
    if name == checkout.name:
        raise MunbotError("the benchmark deletes its instance's data: choose another name than the platform's own")
    results = checkout.root / "bench-results"
    results.mkdir(exist_ok=True)
    machine = describe(Engine(checkout))
    show_machine(machine)
    failed = []
    with open_site(checkout, name, results / "compose-logs") as site:
        for part in parts:
            console.rule(f"[bold]{part}")
            try:
                keep_results(results / "compose.json", machine, part, _measures(site, checkout, rounds)[part]())
            except MunbotError as error:
                failed.append(part)
                console.print(f"[red]✗[/red] {part}: {escape(str(error))}", soft_wrap=True)
    console.print(f"\nResults: {results / 'compose.json'}", soft_wrap=True)
    if failed:
        raise MunbotError(f"these parts could not be measured: {', '.join(failed)}")


def _measures(site: Site, checkout: Project, rounds: int) -> dict[str, Callable[[], dict[str, Any]]]:
    return {
        "build": lambda: measure_cold_build(site),
        "sizes": lambda: measure_sizes(site),
        "up": lambda: measure_starts(site),
        "memory": lambda: measure_memory(site),
        "chat": lambda: measure_chat(site, checkout, rounds=rounds),
        "rebuild": lambda: measure_rebuilds(site),
    }
