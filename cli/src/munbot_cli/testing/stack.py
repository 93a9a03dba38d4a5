"""A compose project of the tests' own, driven by the plain `docker compose` command line as a new user would."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from munbot_cli.containers.state import PROJECT_LABEL
from munbot_cli.errors import MunbotError

__all__ = ["TEST_SETTINGS", "CommandFailed", "Container", "Stack"]

TEST_SETTINGS = {"BACKUP_NIGHTLY": "false"}
"""Of every instance that is tested: half an hour after the start the nightly backup would make up for the last night,
and be in the way of the backups that the tests make."""

_SETTINGS, _NAME, _ROOT = "MUNBOT_TEST_COMPOSE_SETTINGS", "MUNBOT_TEST_PROJECT", "MUNBOT_TEST_PROJECT_ROOT"
_MINUTE = 60
_TAIL_LINES = 25
_IMAGE_PREFIX = "munbot"  # of the compose file, where nobody sets MUNBOT_IMAGE_PREFIX


class CommandFailed(MunbotError):
    """A docker command ended badly; the message carries its whole output."""


@dataclass(frozen=True)
class Container:
    """One container as the engine describes it.

    Args:
        service: its name in the compose file.
        details: what `docker inspect` says.
    """

    service: str
    details: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Give the container's own name."""
        return str(self.details["Name"]).lstrip("/")

    @property
    def pid(self) -> int:
        """Give the main process's id on the engine's machine; 0 when it does not run."""
        return int(self.details["State"]["Pid"])

    @property
    def health(self) -> str:
        """Give `healthy`, `unhealthy` or `starting`; without a health check the state, such as `exited`."""
        state = self.details["State"]
        return str((state.get("Health") or {}).get("Status") or state["Status"])

    @property
    def one_shot(self) -> bool:
        """Tell whether it is meant to run to its end."""
        return self.details["HostConfig"]["RestartPolicy"]["Name"] in {"no", ""}

    @property
    def fails(self) -> bool:
        """Tell whether this container keeps the platform from being up."""
        state = self.details["State"]
        if state["Running"] and not state["Restarting"]:
            return self.health in {"unhealthy", "starting"}
        return state["Status"] != "created" and not (self.one_shot and state["ExitCode"] == 0)


@dataclass(frozen=True)
class Stack:
    """One compose project.

    Args:
        root: the repository.
        name: of the compose project.
        settings: variables for the compose file, such as its ports; nothing else of ours reaches it.
    """

    root: Path
    name: str
    settings: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_environment(cls) -> Stack | None:
        """Find the project that the tests run against, if it runs in containers."""
        if os.environ.get("MUNBOT_TEST_ENGINE") != "containers":
            return None
        return cls(Path(os.environ[_ROOT]), os.environ[_NAME], json.loads(os.environ[_SETTINGS]))

    def to_environment(self) -> dict[str, str]:
        """Give the variables by which `from_environment` finds this project."""
        settings = json.dumps(dict(self.settings))
        return {"MUNBOT_TEST_ENGINE": "containers", _NAME: self.name, _ROOT: str(self.root), _SETTINGS: settings}

    def variables(self) -> dict[str, str]:
        """Give the environment of `docker compose`: nothing that developers have set for themselves."""
        own = {key: value for key, value in os.environ.items() if not key.startswith(("MUNBOT_", "COMPOSE_"))}
        return {**own, **self.settings}

    def command(self, *arguments: str) -> list[str]:
        """Give a `docker compose` command line for this project that reads no `.env`."""
        head = ["docker", "compose", "--ansi", "never", "--env-file", os.devnull, "-p", self.name]
        return [*head, *arguments]

    def run(
        self, *arguments: str, settings: Mapping[str, str] | None = None, check: bool = True, minutes: float = 10
    ) -> subprocess.CompletedProcess[str]:
        """Run a `docker compose` command; its output, errors included, is in `stdout`.

        Args:
            arguments: such as ``"up", "-d", "--wait"``.
            settings: further variables for this one command.
            check: raise when it fails.
            minutes: after which it counts as stuck.

        Raises:
            CommandFailed: it failed, or is stuck.
        """
        return _run(
            self.command(*arguments), self.root, {**self.variables(), **(settings or {})}, check=check, minutes=minutes
        )

    def docker(self, *arguments: str, check: bool = True, minutes: float = 5) -> str:
        """Run a `docker` command and return what it printed.

        Raises:
            CommandFailed: it failed and `check` is set, or is stuck.
        """
        return _run(["docker", *arguments], self.root, self.variables(), check=check, minutes=minutes).stdout

    def containers(self) -> dict[str, Container]:
        """Inspect all containers of the project, those that have ended too, by service."""
        mine = ["--filter", f"label={PROJECT_LABEL}={self.name}", "--filter", "label=com.docker.compose.oneoff=False"]
        ids = self.docker("ps", "-aq", *mine).split()
        found = json.loads(self.docker("inspect", *ids)) if ids else []
        services = [item["Config"]["Labels"]["com.docker.compose.service"] for item in found]
        return {service: Container(service, item) for service, item in zip(services, found, strict=True)}

    def container(self, service: str) -> Container:
        """Inspect the container of one service.

        Raises:
            MunbotError: there is none.
        """
        try:
            return self.containers()[service]
        except KeyError:
            raise MunbotError(f"{service} has no container") from None

    @cached_property
    def services(self) -> dict[str, Any]:
        """Give the compose file's services, as written."""
        return dict(yaml.safe_load((self.root / "docker-compose.yml").read_text(encoding="utf-8"))["services"])

    def export_secrets(self, folder: Path) -> None:
        """Copy the secrets volume's root into a private folder, for the tests alone."""
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        self.run("cp", "secrets:/run/secrets/.", str(folder))

    def failures(self) -> str:
        """Give the last words of each container that keeps the platform from being up."""
        failing = [container for container in self.containers().values() if container.fails]
        parts = []
        for container in sorted(failing, key=lambda one: one.health == "starting"):  # who merely waits comes last
            tail = self.docker("logs", "--tail", str(_TAIL_LINES), container.name, check=False)
            parts.append(f"{container.service} is {container.health}\n{tail.strip()}")
        return "\n\n".join(parts)

    def down(self) -> None:
        """Remove containers, networks, volumes and the images that carry this project's name as their version."""
        self.run("down", "--volumes", "--remove-orphans", "--timeout", "5", check=False)
        mine = f"{_IMAGE_PREFIX}/*:{self.name}*"
        if images := self.docker(
            "images", "--filter", f"reference={mine}", "--format", "{{.Repository}}:{{.Tag}}"
        ).split():
            self.docker("image", "rm", *images, check=False)


def _run(
    command: list[str], folder: Path, environment: Mapping[str, str], *, check: bool, minutes: float
) -> subprocess.CompletedProcess[str]:
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=minutes * _MINUTE,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise CommandFailed(f"{' '.join(command)} took over {minutes:.0f} minutes") from error
    if check and done.returncode:
        raise CommandFailed(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}")
    return done
