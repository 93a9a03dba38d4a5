"""Decide whether an instance runs in containers or natively."""

from __future__ import annotations

import os
from collections.abc import Sequence
from enum import Enum
from pathlib import Path

from munbot_cli.containers.detection import Finding, find_engine
from munbot_cli.containers.engine import Engine
from munbot_cli.containers.state import Container
from munbot_cli.errors import MunbotError
from munbot_cli.native.supervisor import Supervisor
from munbot_cli.project import Project

__all__ = ["Mode", "choose_mode", "refuse_strangers", "running_containers", "running_mode"]


class Mode(Enum):
    """How an instance runs."""

    NATIVE = "natively"
    CONTAINERS = "in containers"


def choose_mode(name: str, finding: Finding, running: Mode | None, *, native: bool) -> tuple[Mode, str]:
    """Choose how to start an instance, and say so in one line.

    Args:
        name: the instance.
        finding: what is known of the container engine.
        running: how the instance runs now, if it does.
        native: asked for by the person.

    Returns:
        The mode, and the first line that `up` prints.

    Raises:
        MunbotError: it runs in the other mode, or the engine that answers will not do.
    """
    mode = Mode.CONTAINERS if finding.answers and not native else Mode.NATIVE
    if running and running is not mode:
        again = "./munbot up --native goes on with it, " if running is Mode.NATIVE else ""
        raise MunbotError(f"«{name}» already runs {running.value}: {again}./munbot down stops it")
    if mode is Mode.CONTAINERS:
        if finding.problem:
            raise MunbotError(finding.problem)
        return mode, f"Running in containers (engine {finding.version})."
    why = "" if native else f": {finding.reason}"
    return mode, f"Running natively, without containers{why}."


def running_mode(project: Project, finding: Finding) -> Mode | None:
    """Find out how an instance runs: its supervisor is asked first, then the engine if there is one."""
    if Supervisor(project).answers:
        return Mode.NATIVE
    alive = any(container.alive for container in running_containers(project, finding))
    return Mode.CONTAINERS if alive else None


def running_containers(project: Project, finding: Finding | None = None) -> list[Container]:
    """Give the instance's containers, running or not; none where no engine answers."""
    finding = finding or find_engine(os.environ)
    return Engine(project).ps() if finding.answers else []


def refuse_strangers(project: Project, containers: Sequence[Container]) -> None:
    """Leave the containers of another checkout alone that has the same project name.

    Raises:
        MunbotError: there are such containers.
    """
    for container in containers:
        if container.folder and Path(container.folder).resolve() != project.root.resolve():
            raise MunbotError(
                f"«{project.name}» in containers belongs to the checkout in {container.folder}: "
                "set MUNBOT_PROJECT (and the ports) in this one's .env"
            )
