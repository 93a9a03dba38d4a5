"""What the engine knows of an instance's containers, typed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["PROJECT_LABEL", "Container", "parse_size", "read_containers", "read_memory"]

PROJECT_LABEL = "com.docker.compose.project"
_SERVICE_LABEL = "com.docker.compose.service"
_NEEDS_LABEL = "com.docker.compose.depends_on"
_FOLDER_LABEL = "com.docker.compose.project.working_dir"
_UNITS = {"": 1, "k": 1000, "m": 1000**2, "g": 1000**3, "t": 1000**4}


@dataclass(frozen=True)
class Container:
    """One container of an instance.

    Args:
        id: the engine's long id.
        name: such as ``munbot-scheduler-1``.
        service: its name in the compose file.
        state: created, running, paused, restarting, removing, exited or dead.
        image: the name that it was made by, with its tag.
        health: starting, healthy or unhealthy; empty when the service has no health check.
        exit_code: of the last run.
        restarts: how often the engine has started it again.
        one_shot: runs to its end and is not started again.
        started: when it last started, ISO 8601; the year 1 when it never did.
        error: what the engine itself says, such as a program that is not in the image.
        last_check: what the last health check wrote.
        out_of_memory: whether the kernel ended it for its memory limit.
        ports: the ports that it publishes on this machine.
        folder: where the compose file lay.
        pid: of its main process on the engine's machine; 0 when it does not run.
        needs: the services that it depends on.
    """

    id: str
    name: str
    service: str
    state: str
    image: str = ""
    health: str = ""
    exit_code: int = 0
    restarts: int = 0
    one_shot: bool = False
    started: str = ""
    error: str = ""
    last_check: str = ""
    out_of_memory: bool = False
    ports: tuple[int, ...] = ()
    folder: str = ""
    pid: int = 0
    needs: tuple[str, ...] = ()

    @property
    def alive(self) -> bool:
        """Tell whether there is a process or soon will be one again."""
        return self.state in {"running", "restarting", "paused"}

    @property
    def ready(self) -> bool:
        """Tell whether it is as it should be: done for a one-shot, running and healthy for the others."""
        if self.one_shot:
            return self.state == "exited" and self.exit_code == 0
        return self.state == "running" and self.health in {"", "healthy"}

    @property
    def failed(self) -> bool:
        """Tell whether it cannot become ready without something being done."""
        if self.state == "exited":
            return self.exit_code != 0 or not self.one_shot
        # Between two runs the engine calls every container with a health check unhealthy. A one-shot has its image's.
        sick = self.state == "running" and self.health == "unhealthy" and not self.one_shot
        return sick or self.state == "dead" or bool(self.error)


def read_containers(inspected: Iterable[Mapping[str, Any]]) -> list[Container]:
    """Read the answer of ``docker inspect``, sorted by service and name."""
    return sorted((_container(entry) for entry in inspected), key=lambda entry: (entry.service, entry.name))


def read_memory(lines: str) -> dict[str, int]:
    """Read the answer of ``docker stats --no-stream --format json``.

    Returns:
        Bytes in use by the container's name.
    """
    entries = [json.loads(line) for line in lines.splitlines() if line.strip()]
    return {str(entry["Name"]): parse_size(str(entry["MemUsage"]).partition("/")[0]) for entry in entries}


def parse_size(text: str) -> int:
    """Give the bytes behind a size as docker writes it, such as ``10.4MiB`` or ``1.2kB``; 0 when it is none."""
    found = re.fullmatch(r"\s*([\d.]+)\s*([kKmMgGtT]?)(i?)[bB]?\s*", text)
    if found is None:
        return 0
    unit = _UNITS[found[2].lower()]
    if found[3]:
        unit = 1024 ** list(_UNITS.values()).index(unit)
    return int(float(found[1]) * unit)


def _container(entry: Mapping[str, Any]) -> Container:
    state: Mapping[str, Any] = entry["State"]
    host: Mapping[str, Any] = entry.get("HostConfig") or {}
    made_of: Mapping[str, Any] = entry.get("Config") or {}
    labels: Mapping[str, str] = made_of.get("Labels") or {}
    health: Mapping[str, Any] = state.get("Health") or {}
    checks = health.get("Log") or [{}]
    bindings: Mapping[str, list[Mapping[str, str]] | None] = host.get("PortBindings") or {}
    published = {int(bound["HostPort"]) for ports in bindings.values() for bound in ports or [] if bound["HostPort"]}
    return Container(
        id=str(entry["Id"]),
        name=str(entry["Name"]).removeprefix("/"),
        service=labels.get(_SERVICE_LABEL, ""),
        state=str(state["Status"]),
        image=str(made_of.get("Image", "")),
        health=str(health.get("Status", "")).replace("none", ""),
        exit_code=int(state.get("ExitCode", 0)),
        restarts=int(entry.get("RestartCount", 0)),
        one_shot=(host.get("RestartPolicy") or {}).get("Name", "no") in {"", "no"},
        started=str(state.get("StartedAt", "")),
        error=str(state.get("Error", "")),
        last_check=str(checks[-1].get("Output", "")).strip(),
        out_of_memory=bool(state.get("OOMKilled")),
        ports=tuple(sorted(published)),
        folder=labels.get(_FOLDER_LABEL, ""),
        pid=int(state.get("Pid", 0)),
        # service:condition:restart, with commas
        needs=tuple(need.partition(":")[0] for need in labels.get(_NEEDS_LABEL, "").split(",") if need),
    )
