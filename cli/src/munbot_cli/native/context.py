"""What the steps of one start share."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from munbot_cli.errors import GivenUp, MunbotError
from munbot_cli.project import Project

__all__ = ["Context", "end_children", "last_line", "run_logged"]

_children: set[subprocess.Popen[bytes]] = set()
_children_lock = threading.Lock()


@dataclass
class Context:
    """The instance that is being started, and where its programs were found.

    Args:
        project: the instance.
        programs_found: folder or file by the name that config/native.yml uses in ``{bin[...]}``.
    """

    project: Project
    programs_found: dict[str, str] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, str | Mapping[str, str]]:
        """Give the placeholders of config/native.yml."""
        project = self.project
        return {
            "root": str(project.root),
            "data": str(project.data),
            "secrets": str(project.secrets),
            "run": str(project.run),
            "port": {name: str(port) for name, port in project.ports.items()},
            "bin": dict(self.programs_found),
        }

    def secret(self, name: str) -> str:
        """Read one generated secret."""
        return (self.project.secrets / name).read_text(encoding="utf-8").strip()


def run_logged(
    command: Sequence[str],
    *,
    log: Path,
    what: str,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> None:
    """Run a command to its end with its output in a log file.

    Args:
        command: program and arguments.
        log: the file; made anew.
        what: the subject of the error line, such as ``npm ci``.
        cwd: working folder.
        environment: variables added to this process's own.

    Raises:
        MunbotError: it failed, or there is no such program.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as output:
        try:
            process = subprocess.Popen(
                list(command),
                cwd=cwd,
                env={**os.environ, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        except OSError as error:
            raise MunbotError(f"{what} cannot run: {error.strerror} ({command[0]})", log=log) from error
        with _children_lock:
            _children.add(process)
        code = process.wait()
        with _children_lock:
            given_up = process not in _children
            _children.discard(process)
    if given_up:
        raise GivenUp(f"{what} was given up")
    if code:
        raise MunbotError(f"{what} failed: {last_line(log)}", log=log)


def end_children() -> None:
    """End what `run_logged` is waiting for: another step failed, or a person pressed Ctrl-C."""
    with _children_lock:
        ended = list(_children)
        _children.clear()
    for process in ended:
        process.terminate()


def last_line(log: Path) -> str:
    """Give the last line of a log that says something."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return "no output"
    return next((line.strip()[:300] for line in reversed(lines) if line.strip()), "no output")
