"""Talk to the container engine through its own command line, for one instance."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from munbot_cli.compose import start_order
from munbot_cli.containers.detection import Finding, find_engine
from munbot_cli.containers.diagnosis import explain
from munbot_cli.containers.state import PROJECT_LABEL, Container, read_containers, read_memory
from munbot_cli.errors import MunbotError
from munbot_cli.project import Project

__all__ = ["Engine", "Finding", "find_engine"]

_CALL_SECONDS = 60.0
_STOP_SECONDS = 300.0
_SECRETS = "/run/secrets"


@dataclass(frozen=True)
class Engine:
    """The engine, asked about one instance and nothing else.

    Args:
        project: the instance.
        overrides: settings that win over the project's.
    """

    project: Project
    overrides: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """Give what docker and the compose file's variables see: the same settings as a native run."""
        return {**self.project.variables, "MUNBOT_PUBLIC_URL": self.project.public_url, **self.overrides}

    @property
    def chosen(self) -> dict[str, str]:
        """Give the settings that somebody chose and that the compose file uses, for naming one that is wrong."""
        text = (self.project.root / "docker-compose.yml").read_text(encoding="utf-8")
        used = set(re.findall(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)", text))
        return {name: value for name, value in self.environment.items() if name in used & self.project.explicit}

    def compose_command(self, *arguments: str) -> list[str]:
        """Give the command that runs compose on this instance.

        No ``.env`` is read by compose itself: the environment holds it already, with this instance's own ports.
        """
        root = self.project.root
        files = ["--project-directory", str(root), "--env-file", os.devnull, "-f", str(root / "docker-compose.yml")]
        return ["docker", "compose", "--ansi", "never", "-p", self.project.name, *files, *arguments]

    def compose(self, *arguments: str, seconds: float = _CALL_SECONDS) -> str:
        """Run compose to its end and give its standard output.

        Raises:
            MunbotError: it failed; one line says why.
        """
        return self._run(self.compose_command(*arguments), seconds)

    def docker(self, *arguments: str, seconds: float = _CALL_SECONDS) -> str:
        """Run docker to its end and give its standard output.

        Raises:
            MunbotError: it failed; one line says why.
        """
        return self._run(["docker", *arguments], seconds)

    def configuration(self) -> dict[str, Any]:
        """Give the compose file as compose understands it: variables replaced, values checked.

        Raises:
            MunbotError: compose refuses the file or a value in it.
        """
        return dict(json.loads(self.compose("config", "--format", "json")))

    # ---- containers

    def ps(self) -> list[Container]:
        """Give every container of the instance, running or not; empty when there are none.

        It needs no compose file, so it answers for an instance whose settings have become unusable.
        """
        ids = self.docker("ps", "-a", "-q", *self._mine, "--filter", "label=com.docker.compose.oneoff=False").split()
        if not ids:
            return []
        # One that vanishes between the two calls makes the second end with 1; the others are told all the same.
        asked = self._call(["docker", "inspect", *ids], _CALL_SECONDS)
        return read_containers(json.loads(asked.stdout or "[]"))

    def memory(self) -> dict[str, int]:
        """Give the bytes in use by container name; takes two seconds, in which the engine measures."""
        ids = [container.id for container in self.ps() if container.alive]
        return read_memory(self.docker("stats", "--no-stream", "--format", "json", *ids)) if ids else {}

    def last_lines(self, container: Container, count: int = 60) -> list[str]:
        """Give the last lines that a container wrote, both streams together; empty when its log is gone."""
        command = ["docker", "logs", "--tail", str(count), container.id]
        asked = self._call(command, _CALL_SECONDS, errors=subprocess.STDOUT)
        return asked.stdout.splitlines() if asked.returncode == 0 else []

    def image_id(self, name: str) -> str:
        """Give the id of an image on the engine's machine; empty when it is not there."""
        asked = self._call(["docker", "image", "inspect", "--format", "{{.Id}}", name], _CALL_SECONDS)
        return asked.stdout.strip() if asked.returncode == 0 else ""

    def down(self, *, volumes: bool) -> int:
        """Stop the containers, applications before what they use, and remove them with their networks.

        It needs no compose file, whose settings may have become unusable.

        Args:
            volumes: remove the data too.

        Returns:
            How many containers were removed.
        """
        containers = self.ps()
        for wave in reversed(start_order({container.service: container.needs for container in containers})):
            if alive := [container.id for container in containers if container.alive and container.service in wave]:
                self.docker("stop", *alive, seconds=_STOP_SECONDS)
        if containers:
            self.docker("rm", "-f", *(container.id for container in containers))
        if networks := self.docker("network", "ls", "-q", *self._mine).split():
            self.docker("network", "rm", *networks)
        if volumes and (names := self.volumes()):
            self.docker("volume", "rm", *names)
        return len(containers)

    def volumes(self) -> list[str]:
        """Give the names of the instance's volumes."""
        return self.docker("volume", "ls", "-q", *self._mine).split()

    @property
    def _mine(self) -> tuple[str, str]:
        return ("--filter", f"label={PROJECT_LABEL}={self.project.name}")

    # ---- secrets

    def read_secret(self, name: str) -> str:
        """Read one secret of the running instance.

        Raises:
            MunbotError: there is no such secret.
        """
        with self._secrets(name) as archive:
            for member in archive:
                content = archive.extractfile(member)
                if content is not None:
                    return content.read().decode().strip()
        raise MunbotError(f"the instance «{self.project.name}» has no secret {name!r}")

    def export_secrets(self, folder: Path) -> None:
        """Copy the instance's secrets into a folder, each file 0600; the services' own copies are left out.

        Args:
            folder: made when absent, and 0700 afterwards.

        Raises:
            MunbotError: there are none yet.
        """
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        with self._secrets(".") as archive:
            for member in archive:
                content = archive.extractfile(member)
                path = Path(member.name)
                if content is not None and len(path.parts) == 1:
                    target = folder / path.name
                    target.touch(mode=0o600)
                    target.chmod(0o600)
                    target.write_bytes(content.read())

    @contextmanager
    def _secrets(self, path: str) -> Iterator[tarfile.TarFile]:
        """Open a path of the volume `secrets`, through a container that is made for it and never started."""
        volume = f"{self.project.name}_secrets"
        if volume not in self.volumes():
            raise MunbotError(f"the instance «{self.project.name}» has no secrets yet: ./munbot up first")
        # The instance's own image: today's settings may name another one, which need not be there.
        maker = next((container for container in self.ps() if container.service == "secrets"), None)
        image = maker.image if maker else str(self.configuration()["services"]["secrets"]["image"])
        holder = self.docker("create", "--pull", "never", "-v", f"{volume}:{_SECRETS}:ro", image, "true").strip()
        try:
            copied = subprocess.run(
                ["docker", "cp", f"{holder}:{_SECRETS}/{path}", "-"],
                env=self.environment,
                capture_output=True,
                timeout=_CALL_SECONDS,
                check=False,
            )
        finally:
            self.docker("rm", "-f", holder)
        if copied.returncode:
            raise MunbotError(f"the instance «{self.project.name}» has no secret {path!r}")
        with tarfile.open(fileobj=io.BytesIO(copied.stdout)) as archive:
            yield archive

    # ---- calls

    def _run(self, command: list[str], seconds: float) -> str:
        asked = self._call(command, seconds)
        if asked.returncode:
            raise MunbotError(explain(asked.stderr or asked.stdout, self.chosen))
        return asked.stdout

    def _call(
        self, command: list[str], seconds: float, *, errors: int = subprocess.PIPE
    ) -> subprocess.CompletedProcess[str]:
        try:
            return subprocess.run(
                command,
                env=self.environment,
                cwd=self.project.root,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                errors="replace",
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            words = " ".join(command[:2])
            raise MunbotError(f"the container engine does not answer: `{words}` took over {seconds:.0f} s") from error
        except OSError as error:
            raise MunbotError(f"docker cannot be run: {error.strerror}") from error
