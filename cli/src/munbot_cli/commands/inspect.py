"""./munbot status and logs."""

from __future__ import annotations

import json
import sys
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, TextIO

import psutil
import typer
from rich.table import Table

from munbot_cli.commands.lifecycle import ProjectOption, select_services
from munbot_cli.errors import MunbotError
from munbot_cli.native.programs import Program, build_programs
from munbot_cli.native.supervisor import ProcessState, Supervisor
from munbot_cli.progress import console
from munbot_cli.project import Project

__all__ = ["ProcessReport", "logs", "report", "status"]

_COLOURS = {"healthy": "green", "running": "green", "done": "dim", "stopped": "dim"}


@dataclass(frozen=True)
class ProcessReport:
    """What `status` tells of one process.

    Args:
        name: the process.
        state: healthy, unhealthy, running, done, failed, starting or stopped.
        detail: why it is not healthy.
        pid: 0 when it does not run.
        port: its main port, if it has one.
        memory: resident bytes of the process and its children; shared pages of PostgreSQL count once per process.
        uptime: seconds.
    """

    name: str
    state: str
    detail: str
    pid: int
    port: int | None
    memory: int
    uptime: int


def status(
    project: ProjectOption = "",
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Show health, memory, port and uptime of each process."""
    instance = Project.load(project or None)
    reports = report(instance)
    total = sum(entry.memory for entry in reports)
    if as_json:
        content = {"project": instance.name, "memory": total, "processes": [asdict(entry) for entry in reports]}
        print(json.dumps(content, indent=2))
    elif not reports:
        console.print(f"Munbot «{instance.name}» is not running.")
    else:
        _print_table(instance, reports, total)
    if not reports or any(entry.state in {"unhealthy", "failed", "starting"} for entry in reports):
        raise typer.Exit(1)


def report(project: Project) -> list[ProcessReport]:
    """Ask every process of an instance how it is.

    Args:
        project: the instance.

    Returns:
        One report per process, in the order of config; empty when nothing runs.
    """
    from munbot_cli.native.context import Context
    from munbot_cli.native.health import check

    supervisor = Supervisor(project)
    if not supervisor.answers:
        return []
    programs = build_programs(project, select_services(project))
    context = Context(project)
    postgres = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), Path("/usr/bin"))
    context.programs_found["postgres"] = str(postgres)
    reports = []
    for name, state in supervisor.states().items():
        if not state.started:
            continue  # not part of a partial start
        program = programs.get(name, Program(name=name, command=()))
        problem = check(program.health, context.values, project) if state.state == "RUNNING" else ""
        reports.append(_report(program, state, problem))
    pid = supervisor.pid()
    own = psutil.Process(pid).memory_info().rss
    reports.append(ProcessReport("supervisord", "running", "", pid, None, own, 0))
    return reports


def logs(
    service: Annotated[str, typer.Argument(help="One process; all by default.")] = "",
    project: ProjectOption = "",
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as lines come.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", help="How many lines of the past.")] = 50,
) -> None:
    """Show what processes write."""
    instance = Project.load(project or None)
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


def _report(program: Program, state: ProcessState, problem: str) -> ProcessReport:
    match state.state:
        case "RUNNING":
            verdict = "unhealthy" if problem else "healthy" if program.health else "running"
        case "EXITED" if program.one_shot:
            verdict = "failed" if state.exit_code else "done"
        case "STOPPED":
            verdict = "stopped"
        case "STARTING":
            verdict = "starting"
        case _:
            verdict, problem = "failed", f"{state.state.lower()}, exit code {state.exit_code}"
    alive = state.state == "RUNNING"
    return ProcessReport(
        name=program.name,
        state=verdict,
        detail=problem,
        pid=state.pid,
        port=program.port,
        memory=_memory(state.pid) if alive else 0,
        uptime=state.now - state.started if alive else 0,
    )


def _memory(pid: int) -> int:
    """Add up a process and its children; pages that PostgreSQL's processes share are counted by share (PSS)."""
    try:
        root = psutil.Process(pid)
        family = [root, *root.children(recursive=True)]
    except psutil.Error:
        return 0
    total = 0
    for process in family:
        try:
            total += process.memory_full_info().pss if len(family) > 1 else process.memory_info().rss
        except psutil.Error:
            continue
    return total


def _print_table(project: Project, reports: list[ProcessReport], total: int) -> None:
    table = Table(title=f"Munbot «{project.name}»", title_justify="left")
    for heading in ("process", "health", "port", "memory", "uptime", "pid"):
        table.add_column(heading, justify="right" if heading in {"port", "memory", "uptime", "pid"} else "left")
    for entry in reports:
        colour = _COLOURS.get(entry.state, "red")
        verdict = f"[{colour}]{entry.state}[/{colour}]" + (f" [dim]{entry.detail[:60]}[/dim]" if entry.detail else "")
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
