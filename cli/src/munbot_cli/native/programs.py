"""Describe every process of the platform: what to run, what it needs, how it tells that it is healthy."""

from __future__ import annotations

import hashlib
import math
import os
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from munbot_cli.compose import Service
from munbot_cli.errors import MunbotError
from munbot_cli.native.rewrite import fill, rewrite_addresses, rewrite_paths
from munbot_cli.project import Project

__all__ = ["Program", "build_programs", "mounted_folders", "script", "source_fingerprint"]

SECRETS_MOUNT = "/run/secrets"
BUILT_IN = {"secrets", "postgres-init"}  # done by the launcher itself: before anything starts, and with PostgreSQL


@dataclass(frozen=True)
class Program:
    """One process.

    Args:
        name: its name for the supervisor, in logs and in `status`.
        command: program and arguments, placeholders not yet filled.
        environment: variables, placeholders not yet filled where `infrastructure`.
        needs: what must be healthy, or done, before it starts.
        health: kind of check → its argument, all of which must pass.
        port: the main native port, for `status`.
        one_shot: runs to its end.
        infrastructure: replaces an image.
        prepare: name of the hook that writes its configuration.
        initialise: name of the hook to run once it is healthy.
        run_as: unprivileged user, where we are root.
        environment_from: file of `NAME=value` lines that holds secrets.
        stop_signal: what asks it to stop.
        stop_seconds: how long it may take.
        sources: folders whose change means a restart.
        nice: how much it stands back where all of the processor is wanted, from 0 to 19.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    health: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    port: int | None = None
    one_shot: bool = False
    infrastructure: bool = False
    prepare: str = ""
    initialise: str = ""
    run_as: str = ""
    environment_from: str = ""
    stop_signal: str = "TERM"
    stop_seconds: int = 15
    sources: tuple[Path, ...] = ()
    nice: int = 0


def build_programs(project: Project, services: Mapping[str, Service], *, seed: bool = True) -> dict[str, Program]:
    """Translate compose services into native processes.

    Args:
        project: the instance.
        services: the services to run.
        seed: whether one-shots may load demo data.
    """
    programs: dict[str, Program] = {}
    native: Mapping[str, Mapping[str, Any]] = project.native["infrastructure"]
    for name, body in native.items():
        if body.get("of", name) in services:
            programs[name] = _infrastructure(project, name, body)
    for service in services.values():
        if not service.infrastructure and service.name not in BUILT_IN:
            programs[service.name] = _application(project, service, seed=seed)
    if "nginx" in programs:  # the one infrastructure program that waits for applications
        needs = tuple(name for name in services["nginx"].depends_on if name in programs)
        programs["nginx"] = replace(programs["nginx"], needs=needs)
    return {
        name: replace(program, needs=tuple(need for need in program.needs if need in programs))
        for name, program in programs.items()
    }


def script(
    program: Program, values: Mapping[str, str | Mapping[str, str]], project: Project, *, fingerprint: str
) -> str:
    """Write the shell script that becomes the process.

    A script, because supervisor's own syntax for environments cannot hold every value, and because a person can run
    it by hand. It holds no secret: those come from files.

    Args:
        program: what to run.
        values: the placeholders.
        project: the instance.
        fingerprint: of the sources, so that changed code changes the script.
    """

    def filled(text: str) -> str:
        return fill(text, values) if program.infrastructure else text

    command = [filled(part) for part in program.command]
    if program.run_as and os.geteuid() == 0:
        user = program.run_as
        command = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", *command]
    if program.nice:
        command = ["nice", f"--adjustment={program.nice}", *command]
    lines = [
        "#!/bin/sh",
        f"# {program.name} of Munbot's instance {project.name}; written by ./munbot up, sources {fingerprint}",
        "set -e",
        f"cd {shlex.quote(str(project.root if not program.infrastructure else project.data))}",
        f"export MUNBOT_INSTANCE={shlex.quote(str(project.data))}",
        f"export MUNBOT_PROCESS={shlex.quote(program.name)}",
    ]
    if program.environment_from:
        lines += ["set -a", f". {shlex.quote(filled(program.environment_from))}", "set +a"]
    lines += [f"export {name}={shlex.quote(filled(value))}" for name, value in program.environment.items()]
    lines.append("exec " + " ".join(shlex.quote(part) for part in command))
    return "\n".join(lines) + "\n"


def source_fingerprint(folders: Iterable[Path]) -> str:
    """Hash names, sizes and times of the files in some folders: cheap, and different after an edit."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                status = path.stat()
                digest.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]


def _infrastructure(project: Project, name: str, body: Mapping[str, Any]) -> Program:
    service = str(body.get("of", name))
    own = {key.rpartition(":")[2]: port for key, port in project.ports.items() if key.startswith(f"{service}:")}
    main = next((port for key, port in own.items() if key.isdigit()), None)  # the first one that the container has
    health = {
        kind: tuple(map(str, value)) if isinstance(value, list) else str(value)
        for kind, value in (body.get("health") or {}).items()
    }
    return Program(
        name=name,
        command=tuple(map(str, body["command"])),
        environment={key: str(value) for key, value in (body.get("environment") or {}).items()},
        needs=tuple(body.get("depends_on") or ()),
        health=health,
        port=main if service == name else None,
        infrastructure=True,
        prepare=str(body.get("prepare", "")),
        initialise=str(body.get("initialise", "")),
        run_as=str(body.get("run_as", "")),
        environment_from=str(body.get("environment_from", "")),
        stop_signal=str(body.get("stop_signal", "TERM")),
        stop_seconds=int(body.get("stop_seconds", 10)),
        sources=(project.run / "nginx",) if service == "nginx" else (),  # rendered before the fingerprint is taken
    )


def _application(project: Project, service: Service, *, seed: bool) -> Program:
    if not service.command:
        raise MunbotError(f"docker-compose.yml: {service.name} has no command, so it cannot run without a container")
    python = str(project.root / project.native["interpreters"].get(service.name, ".venv/bin/python"))
    folders = mounted_folders(project, service)
    environment = {
        key: rewrite_paths(rewrite_addresses(value, project.ports), folders)
        for key, value in service.environment.items()
    }
    port: int | None = None
    inside = service.environment.get("PORT")
    if inside and f"{service.name}:{inside}" in project.ports:
        port = project.ports[f"{service.name}:{inside}"]
        environment["PORT"] = str(port)
    elif not service.one_shot:
        raise MunbotError(f"config/native.yml gives no port to {service.name}:{inside}")
    overrides = project.native.get("environment", {})
    environment.update({**overrides.get("*", {}), **overrides.get(service.name, {})})
    command = [
        rewrite_paths(rewrite_addresses(part, project.ports), folders)
        for part in service.command
        if seed or part != "--seed-demo"
    ]
    if command[0] in {"python", "python3"}:
        command[0] = python
    health: dict[str, str | tuple[str, ...]] = {}
    if service.probe and port and not service.one_shot:
        health["http"] = f"http://127.0.0.1:{port}{service.probe[1]}"
    return Program(
        name=service.name,
        command=tuple(command),
        environment=environment,
        needs=tuple(service.depends_on),
        health=health,
        port=None if service.one_shot else port,
        one_shot=service.one_shot,
        sources=_sources(project, service),
        nice=_nice(service.cpu_shares),
    )


def _nice(cpu_shares: int) -> int:
    """Return the niceness with a weight of that many shares: Linux gives a quarter more for each step (sched(7))."""
    return min(19, max(0, round(math.log(1024 / cpu_shares, 1.25))))


def mounted_folders(project: Project, service: Service) -> dict[str, str]:
    """Give this machine's folder for each that is mounted in the service's container."""
    folders = {SECRETS_MOUNT: str(project.secrets)}
    for inside, source in service.mounts.items():
        if source.startswith((".", "/")):
            folders[inside] = str((project.root / source).resolve())
        elif inside != SECRETS_MOUNT:
            folders[inside] = str(project.data / "volumes" / source)
    ours = {
        inside: str(project.root / here.format(cache=project.cache))
        for inside, here in project.native.get("folders", {}).items()
    }
    return folders | ours


def _sources(project: Project, service: Service) -> tuple[Path, ...]:
    """Find the source folders behind ``python -m munbot_x``: its own and the libraries'."""
    if "-m" not in service.command:
        return ()
    package = service.command[service.command.index("-m") + 1].partition(".")[0]
    patterns = (f"*/src/{package}", f"*/*/src/{package}")
    own = [path for pattern in patterns for path in project.root.glob(pattern) if path.is_dir()]
    libraries = [] if service.name in project.native["interpreters"] else sorted(project.root.glob("libs/*/src"))
    carried = project.native.get("folders", {}).items() if service.one_shot else ()
    values = set(service.environment.values())
    seeds = [project.root / here for inside, here in carried if inside in values]
    read = {inside: source for inside, source in service.mounts.items() if inside not in service.written}
    mounts = [(project.root / source) for source in read.values() if source.startswith("./")]
    return (*own, *libraries, *seeds, *(path for path in mounts if path.exists()))
