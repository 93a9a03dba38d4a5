"""Read docker-compose.yml into what the native runner needs of it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from munbot_cli.errors import MunbotError
from munbot_cli.interpolation import interpolate_tree

__all__ = [
    "COMPLETED",
    "HEALTHY",
    "STARTED",
    "Service",
    "load_compose",
    "read_services",
    "start_order",
    "with_dependencies",
]

HEALTHY = "service_healthy"
COMPLETED = "service_completed_successfully"
STARTED = "service_started"
_PROBE = re.compile(r"http://(?:127\.0\.0\.1|localhost):(?P<port>\d+)(?P<path>/[^'\"\s]*)")


@dataclass(frozen=True)
class Service:
    """One service of the compose file.

    Args:
        name: its name in the file.
        command: the program and its arguments; empty when the image's own.
        environment: variables with their values.
        depends_on: condition by service name.
        mounts: host path or volume name by path in the container.
        probe: port and path of its HTTP health check, if it has one.
        one_shot: runs to its end before what depends on it starts.
        infrastructure: an image of somebody else's, that a native server replaces.
        cpu_shares: its weight where all of the processor is wanted; others have 1024.
        written: the paths of `mounts` that it may write to.
    """

    name: str
    command: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    depends_on: Mapping[str, str] = field(default_factory=dict)
    mounts: Mapping[str, str] = field(default_factory=dict)
    probe: tuple[int, str] | None = None
    one_shot: bool = False
    infrastructure: bool = False
    cpu_shares: int = 1024
    written: frozenset[str] = frozenset()


def load_compose(
    path: Path, variables: Mapping[str, str], infrastructure: Iterable[str] = (), profiles: Iterable[str] = ()
) -> dict[str, Service]:
    """Parse the compose file.

    Args:
        path: docker-compose.yml.
        variables: what it is interpolated with.
        infrastructure: the services that config/native.yml replaces by native servers.
        profiles: the optional parts to include; none of them by default.

    Raises:
        MunbotError: the file cannot be read or refers to a service that is not there.
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise MunbotError(f"{path.name} cannot be read: {error}") from error
    return read_services(interpolate_tree(document, variables), infrastructure, profiles)


def read_services(
    document: Mapping[str, Any], infrastructure: Iterable[str] = (), profiles: Iterable[str] = ()
) -> dict[str, Service]:
    """Read the services of a compose document whose variables are replaced.

    Args:
        document: as the file has it, or as ``docker compose config`` gives it.
        infrastructure: as for `load_compose`.
        profiles: as for `load_compose`.

    Raises:
        MunbotError: a service depends on one that is not there.
    """
    replaced, wanted = set(infrastructure), set(profiles)
    services: dict[str, Service] = {}
    for name, body in document["services"].items():
        if body.get("profiles") and not wanted & set(body["profiles"]):
            continue
        if str((body.get("deploy") or {}).get("replicas", "")) == "0":
            continue
        services[name] = _service(name, body, infrastructure=name in replaced)
    for service in services.values():
        for dependency in service.depends_on:
            if dependency not in services:
                raise MunbotError(f"docker-compose.yml: {service.name} depends on {dependency}, which is not there")
    return services


def with_dependencies(services: Mapping[str, Service], names: Iterable[str]) -> dict[str, Service]:
    """Select services together with all that they need.

    Raises:
        MunbotError: a name is unknown.
    """
    chosen: set[str] = set()
    queue = list(names)
    while queue:
        name = queue.pop()
        if name not in services:
            raise MunbotError(f"there is no service {name!r}; known: {', '.join(sorted(services))}")
        if name not in chosen:
            chosen.add(name)
            queue.extend(services[name].depends_on)
    return {name: service for name, service in services.items() if name in chosen}


def start_order(needs: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Sort names into waves, each of which needs only earlier ones.

    Args:
        needs: the names that each name needs; needs outside the mapping are ignored.

    Raises:
        MunbotError: the needs go in a circle.
    """
    left = {name: {need for need in wanted if need in needs} for name, wanted in needs.items()}
    waves: list[list[str]] = []
    while left:
        ready = sorted(name for name, wanted in left.items() if not wanted)
        if not ready:
            raise MunbotError(f"these services wait for each other: {', '.join(sorted(left))}")
        waves.append(ready)
        for name in ready:
            del left[name]
        for wanted in left.values():
            wanted.difference_update(ready)
    return waves


def _service(name: str, body: Mapping[str, Any], *, infrastructure: bool) -> Service:
    command = body.get("command") or ()
    depends = body.get("depends_on") or {}
    if isinstance(depends, list):
        depends = {key: {"condition": STARTED} for key in depends}
    environment = body.get("environment") or {}
    if isinstance(environment, list):
        environment = dict(entry.split("=", 1) for entry in environment)
    volumes = [entry for entry in body.get("volumes") or [] if not _is_memory(entry)]
    return Service(
        name=name,
        command=tuple(shlex.split(command) if isinstance(command, str) else map(str, command)),
        environment={key: "" if value is None else str(value) for key, value in environment.items()},
        depends_on={key: str(value.get("condition", STARTED)) for key, value in depends.items()},
        mounts=dict(_mount(entry) for entry in volumes),
        probe=_probe(body.get("healthcheck") or {}),
        one_shot=str(body.get("restart", "")) == "no",
        infrastructure=infrastructure,
        cpu_shares=int(body.get("cpu_shares", 1024)),
        written=frozenset(_mount(entry)[0] for entry in volumes if _is_written(entry)),
    )


def _is_memory(entry: Any) -> bool:
    return isinstance(entry, dict) and entry.get("type") == "tmpfs"


def _mount(entry: Any) -> tuple[str, str]:
    if isinstance(entry, dict):
        return str(entry["target"]), str(entry.get("source", ""))
    source, target, *_ = str(entry).split(":")
    return target, source


def _is_written(entry: Any) -> bool:
    return not entry.get("read_only") if isinstance(entry, dict) else "ro" not in str(entry).split(":")[2:]


def _probe(healthcheck: Mapping[str, Any]) -> tuple[int, str] | None:
    test = healthcheck.get("test") or ""
    text = test if isinstance(test, str) else " ".join(map(str, test))
    found = _PROBE.search(text)
    return (int(found["port"]), found["path"]) if found else None
