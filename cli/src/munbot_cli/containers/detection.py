"""Find out whether a container engine can be used here."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Finding", "find_engine", "parse_version"]

ENGINE_NEEDED = (26, 0)  # volume.subpath, by which a service sees its own secrets only
COMPOSE_NEEDED = (2, 26)
_ANSWER_SECONDS = 3.0


@dataclass(frozen=True)
class Finding:
    """Whether containers can be used here.

    Args:
        answers: an engine answers.
        reason: why none does, as the end of a sentence.
        problem: why the one that answers will not do, one line; empty when it will.
        version: of the engine.
    """

    answers: bool
    reason: str = ""
    problem: str = ""
    version: str = ""


def find_engine(environment: Mapping[str, str]) -> Finding:
    """Look for a container engine and ask it for its version, for three seconds at most.

    Args:
        environment: of the docker program: ``PATH``, ``DOCKER_HOST``, ``DOCKER_CONTEXT``.
    """
    docker = shutil.which("docker", path=environment.get("PATH"))
    if docker is None:
        return Finding(answers=False, reason="there is no container engine")
    try:
        asked = _ask([docker, "version", "--format", "json"], environment)
        server = (json.loads(asked.stdout or "{}") or {}).get("Server") if asked.returncode == 0 else None
    except (OSError, ValueError) as error:
        return Finding(answers=False, reason=f"docker cannot be run ({error})")
    except subprocess.TimeoutExpired:
        return Finding(answers=False, reason=f"the container engine does not answer within {_ANSWER_SECONDS:.0f} s")
    if not server:
        words = asked.stderr.strip().splitlines() or ["no answer"]
        return Finding(answers=False, reason=f"the container engine does not answer ({words[-1].rstrip('.?!')[:160]})")
    version = str(server.get("Version", ""))
    return Finding(answers=True, problem=_too_old(docker, version, environment), version=version)


def parse_version(text: str) -> tuple[int, int]:
    """Give major and minor of a version such as ``26.1.5+dfsg1`` or ``v2.26.1-4``; (0, 0) when it is none."""
    found = re.match(r"\s*v?(\d+)\.(\d+)", text)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _too_old(docker: str, engine: str, environment: Mapping[str, str]) -> str:
    instead = "or run ./munbot up --native"
    if parse_version(engine) < ENGINE_NEEDED:
        return f"the container engine is {engine or 'unknown'}, but 26 or later is needed: upgrade it, {instead}"
    try:
        asked = _ask([docker, "compose", "version", "--short"], environment)
    except (OSError, subprocess.TimeoutExpired):
        return f"docker compose does not answer: see what `docker compose version` says, {instead}"
    if asked.returncode:
        return f"Docker Compose is missing: install its plugin, 2.26 or later, {instead}"
    if parse_version(asked.stdout) < COMPOSE_NEEDED:
        return f"Docker Compose is {asked.stdout.strip()}, but 2.26 or later is needed: upgrade it, {instead}"
    return ""


def _ask(command: list[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_ANSWER_SECONDS,
        check=False,
    )
