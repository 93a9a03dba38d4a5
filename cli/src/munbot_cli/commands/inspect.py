"""./munbot status and logs."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Annotated, TextIO

import typer
from rich.markup import escape
from rich.table import Table

from munbot_cli.commands.lifecycle import ProjectOption
from munbot_cli.commands.reports import ProcessReport, container_report, report
from munbot_cli.containers.engine import Engine
from munbot_cli.containers.mode import running_containers
from munbot_cli.containers.state import Container
from munbot_cli.errors import MunbotError
from munbot_cli.native.supervisor import Supervisor
from munbot_cli.progress import console
from munbot_cli.project import Project

__all__ = ["logs", "status"]

_COLOURS = {"healthy": "green", "running": "green", "done": "dim", "stopped": "dim"}


def status(
    project: ProjectOption = "",
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Show health, memory, port and uptime of each process or container."""
    instance = Project.load(project or None)
    reports, mode = report(instance), "native"
    if not reports and running_containers(instance):
        reports, mode = container_report(Engine(instance)), "containers"
    total = sum(entry.memory for entry in reports)
    if as_json:
        processes = [asdict(entry) for entry in reports]
        print(json.dumps({"project": instance.name, "mode": mode, "memory": total, "processes": processes}, indent=2))
    elif not reports:
        console.print(f"Munbot «{instance.name}» is not running.")
    else:
        _print_table(instance, reports, total, mode)
    well = any(entry.pid for entry in reports)
    if not well or any(entry.state in {"unhealthy", "failed", "starting"} for entry in reports):
        raise typer.Exit(1)


def logs(
    service: Annotated[str, typer.Argument(help="One process; all by default.")] = "",
    project: ProjectOption = "",
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as lines come.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", help="How many lines of the past.")] = 50,
) -> None:
    """Show what processes or containers write."""
    instance = Project.load(project or None)
    containers = [] if Supervisor(instance).answers else running_containers(instance)
    if containers:
        chosen_ones = [container for container in containers if service in {"", container.service}]
        if not chosen_ones:
            known_names = ", ".join(container.service for container in containers)
            raise MunbotError(f"there is no container {service!r}; known: {known_names}")
        few = lines if service else min(lines, 10)
        _show_containers(Engine(instance), chosen_ones, follow=follow, lines=few)
        return
    known = {path.stem: path for path in sorted(instance.logs.glob("*.log"))}
    if service and service not in known:
        raise MunbotError(f"there is no log of {service!r}; known: {', '.join(known) or 'none yet'}")
    chosen = {service: known[service]} if service else known
    width = 0 if service else max((len(name) for name in chosen), default=0)
    for name, path in chosen.items():
        with path.open(encoding="utf-8", errors="replace") as source:
            for line in deque(source, maxlen=lines if service else min(lines, 10)):
                _write_line(name, line, width)
    if follow:
        for name, line in _follow(chosen):
            _write_line(name, line, width)


def _print_table(project: Project, reports: list[ProcessReport], total: int, mode: str) -> None:
    table = Table(title=f"Munbot «{project.name}», {mode}", title_justify="left")
    for heading in ("process" if mode == "native" else "container", "health", "port", "memory", "uptime", "pid"):
        table.add_column(heading, justify="right" if heading in {"port", "memory", "uptime", "pid"} else "left")
    for entry in reports:
        colour = _COLOURS.get(entry.state, "red")
        verdict = f"[{colour}]{entry.state}[/{colour}]" + (
            f" [dim]{escape(entry.detail[:60])}[/dim]" if entry.detail else ""
        )
        table.add_row(
            entry.name,
            verdict,
            str(entry.port or ""),
            f"{entry.memory / 2**20:,.0f} MB" if entry.memory else "",
            str(timedelta(seconds=entry.uptime)) if entry.uptime else "",
            str(entry.pid or ""),
        )
    table.add_section()
    table.add_row("total", "", "", f"{total / 2**20:,.0f} MB", "", "")
    console.print(table)


def _show_containers(engine: Engine, containers: list[Container], *, follow: bool, lines: int) -> None:
    width = max(len(container.service) for container in containers) if len(containers) > 1 else 0
    options = ["--tail", str(lines), *(["--follow"] if follow else [])]
    processes = [
        subprocess.Popen(
            ["docker", "logs", *options, container.id],
            env=engine.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        for container in containers
    ]

    def show(container: Container, process: subprocess.Popen[str]) -> None:
        for line in process.stdout or ():
            _write_line(container.service, line, width)

    try:
        # Side by side while they go on, one after the other when they are only looked back on.
        with ThreadPoolExecutor(max_workers=len(containers) if follow else 1) as pool:
            try:
                list(pool.map(show, containers, processes))
            finally:
                for process in processes:
                    process.terminate()
    finally:
        for process in processes:
            process.wait()


def _follow(files: dict[str, Path]) -> Iterator[tuple[str, str]]:
    """Give lines as they are written, across rotation."""
    handles: dict[str, TextIO] = {}
    for name, path in files.items():
        handle = path.open(encoding="utf-8", errors="replace")
        handle.seek(0, 2)
        handles[name] = handle
    while True:
        quiet = True
        for name, path in files.items():
            for line in handles[name]:
                quiet = False
                yield name, line
            if path.exists() and path.stat().st_size < handles[name].tell():  # rotated
                handles[name].close()
                handles[name] = path.open(encoding="utf-8", errors="replace")
        if quiet:
            time.sleep(0.3)


def _write_line(name: str, line: str, width: int) -> None:
    prefix = f"{name:<{width}} | " if width else ""
    sys.stdout.write(f"{prefix}{line.rstrip()}\n")
    sys.stdout.flush()
