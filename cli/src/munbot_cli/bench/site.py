"""Where the benchmark works: a copy of the checkout, with a compose project and image tags of its own."""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from munbot_cli.containers.diagnosis import explain_container
from munbot_cli.containers.engine import Engine
from munbot_cli.containers.images import Image, wanted_images
from munbot_cli.containers.state import PROJECT_LABEL
from munbot_cli.errors import MunbotError
from munbot_cli.native.context import end_children, run_logged
from munbot_cli.progress import console
from munbot_cli.project import Project

__all__ = ["Site", "copy_checkout", "open_site"]

_MARK = "munbot-bench-"
# What git does not know, and what is made from the rest: of no use in a copy, and large.
_LEFT_OUT = (
    ".git",
    ".*_cache",
    ".hypothesis",
    ".schemathesis",
    ".venv",
    ".rasa",
    "node_modules",
    "dist",
    "__pycache__",
)
_LEFT_OUT_FOLDERS = {"var", "bench-results", "rasa-core/models"}


@dataclass(frozen=True)
class Site:
    """The benchmark's own compose project.

    Args:
        engine: asked about it.
        logs: folder for what builds and starts write.
    """

    engine: Engine
    logs: Path

    @property
    def root(self) -> Path:
        """Give the copy of the checkout."""
        return self.engine.project.root

    @property
    def base_url(self) -> str:
        """Give the address of its nginx."""
        return f"http://127.0.0.1:{self.engine.project.port('nginx', 8080)}"

    @cached_property
    def configuration(self) -> dict[str, Any]:
        """Give the compose file as compose understands it, optional services left out."""
        return self.engine.configuration()

    def images(self) -> list[Image]:
        """List the images of the compose file as they are now."""
        return wanted_images(self.engine, self.configuration, self.configuration["services"])

    def log(self, what: str) -> Path:
        """Give the log file of a command."""
        return self.logs / f"{'-'.join(re.findall(r'[a-zA-Z]+', what))}.log"

    def compose(self, what: str, *arguments: str) -> float:
        """Run a compose command to its end, its output in a log file.

        Args:
            what: for people, and the log's name.
            arguments: such as ``"up", "-d", "--wait"``.

        Returns:
            Seconds.

        Raises:
            MunbotError: it failed.
        """
        command = self.engine.compose_command(*arguments)
        started = time.monotonic()
        with console.status(f"{what} …"):
            run_logged(command, log=self.log(what), what=what, cwd=self.root, environment=self.engine.environment)
        return round(time.monotonic() - started, 1)

    def build(self, what: str, *arguments: str) -> float:
        """Build images; returns seconds.

        Raises:
            MunbotError: a build failed.
        """
        return self.compose(what, "--progress", "plain", "build", *arguments)

    def up(self, what: str) -> float:
        """Start the platform as a person would and wait until it is healthy; returns seconds.

        Raises:
            MunbotError: it did not become healthy; the line says which container is to blame, and why.
        """
        try:
            return self.compose(what, "up", "-d", "--wait")
        except MunbotError as error:
            lost = next((container for container in self.engine.ps() if container.failed), None)
            if lost is None:
                raise
            why = explain_container(lost, self.engine.last_lines(lost), self.engine.chosen)
            raise MunbotError(f"{what}: {why}", log=self.log(what)) from error

    def provide_images(self) -> None:
        """Have every image there, so that no build and no download is counted as a start."""
        images = self.images()
        for image in images:
            if not image.built and not image.identity:
                self.engine.docker("pull", "--quiet", image.name, seconds=1800)
        if any(image.built and not image.identity for image in images):
            self.build("images")

    def provide_platform(self) -> None:
        """Have the platform running; what an earlier part left is used when all of it is healthy."""
        self.provide_images()
        containers = self.engine.ps()
        if not containers or not all(container.ready for container in containers):
            self.stop(volumes=True)
            self.up("start")

    def stop(self, *, volumes: bool) -> None:
        """Remove the containers, and the data when asked."""
        with console.status("stopping the containers …"):
            self.engine.down(volumes=volumes)

    def remove(self) -> None:
        """Remove all that is the benchmark's: containers, networks, volumes, images.

        Raises:
            MunbotError: somebody else has a compose project of this name.
        """
        for container in self.engine.ps():
            if container.folder and not Path(container.folder).parent.name.startswith(_MARK):
                name = self.engine.project.name
                raise MunbotError(f"«{name}» in containers is not the benchmark's own: choose another name (--project)")
        self.stop(volumes=True)
        mine = f"label={PROJECT_LABEL}={self.engine.project.name}"
        if images := set(self.engine.docker("image", "ls", "-q", "--no-trunc", "--filter", mine).split()):
            self.engine.docker("image", "rm", "-f", *images)


@contextmanager
def open_site(checkout: Project, name: str, logs: Path) -> Iterator[Site]:
    """Copy the checkout and remove everything again in the end, also after a failure or Ctrl-C.

    What an earlier run left that was killed is removed first.

    Args:
        checkout: the user's own; only read.
        name: of the compose project, and the tag of its images.
        logs: folder for logs; emptied.
    """
    shutil.rmtree(logs, ignore_errors=True)
    logs.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix=_MARK) as folder:
        root = Path(folder) / "munbot"
        copy_checkout(checkout.root, root)
        site = Site(Engine(Project.load(name, root=root), {"MUNBOT_VERSION": name}), logs)
        site.remove()
        try:
            yield site
        finally:
            end_children()
            console.print("[dim]Removing the benchmark's containers, volumes and images.[/dim]")
            site.remove()


def copy_checkout(source: Path, target: Path) -> None:
    """Copy a working tree as it is, uncommitted changes too, without what was built or kept in it."""
    usual = shutil.ignore_patterns(*_LEFT_OUT)

    def left_out(folder: str, names: list[str]) -> set[str]:
        inside = Path(folder).relative_to(source)
        return usual(folder, names) | {name for name in names if (inside / name).as_posix() in _LEFT_OUT_FOLDERS}

    shutil.copytree(source, target, ignore=left_out, symlinks=True)
