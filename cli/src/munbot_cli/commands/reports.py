"""How each process or container of an instance is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil

from munbot_cli.commands.lifecycle import select_services
from munbot_cli.containers.diagnosis import explain_container
from munbot_cli.containers.engine import Engine
from munbot_cli.containers.state import Container
from munbot_cli.native.programs import Program, build_programs
from munbot_cli.native.supervisor import ProcessState, Supervisor
from munbot_cli.project import Project

__all__ = ["ProcessReport", "container_report", "report"]


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


def container_report(engine: Engine) -> list[ProcessReport]:
    """Ask the engine how every container of an instance is.

    Returns:
        One report per container, sorted by service; empty when there are none.
    """
    memory = engine.memory()
    return [_container_report(engine, container, memory.get(container.name, 0)) for container in engine.ps()]


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


def _container_report(engine: Engine, container: Container, memory: int) -> ProcessReport:
    verdict = _verdict(container)
    detail = ""
    if verdict in {"failed", "unhealthy"}:
        lines = engine.last_lines(container)
        words = explain_container(container, lines, engine.chosen, restarts=container.restarts)
        detail = words.removeprefix(f"{container.service} ")
    running = container.state == "running"
    uptime = datetime.now(UTC) - datetime.fromisoformat(container.started) if running else None
    return ProcessReport(
        name=container.service,
        state=verdict,
        detail=detail,
        pid=container.pid,
        port=container.ports[0] if container.ports else None,
        memory=memory,
        uptime=int(uptime.total_seconds()) if uptime else 0,
    )


def _verdict(container: Container) -> str:
    match container.state:
        case "running":
            return container.health or "running"
        case "exited" if container.one_shot:
            return "failed" if container.exit_code else "done"
        case "exited" | "created" | "paused" if not container.error:
            return "stopped"
        case _:
            return "failed"
