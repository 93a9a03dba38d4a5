"""What saving and bringing back need of an instance, however it runs."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import IO, Any, Protocol

from munbot_cli.errors import MunbotError
from munbot_cli.project import Project

__all__ = ["Instance", "Tell", "run_tool"]

Tell = Callable[[str], None]


class Instance(Protocol):
    """One instance, running or not.

    Args:
        project: its settings, folders and ports.
        namespace: whose backups it looks at.
    """

    project: Project
    namespace: str

    @property
    def url(self) -> str:
        """Give the address of its door."""

    @property
    def running(self) -> bool:
        """Tell whether any of it runs."""

    @property
    def kept(self) -> str:
        """Say where it keeps data, or nothing where it has none."""

    def tool(self, *arguments: str, said: str = "", tell: Tell = lambda _: None) -> Any:
        """Run the program that saves and brings back, beside the stores; returns its answer.

        Args:
            arguments: of ``python -m munbot_datalake.backup``.
            said: what it reads.
            tell: hears what it is doing.
        """

    def set_aside(self) -> str:
        """Stop it and take its data out of the way; says where they are now, or that they are gone."""

    def start_stores(self) -> None:
        """Start databases, broker and stores, and wait until they answer."""

    def start(self, only: Sequence[str] = ()) -> None:
        """Start the rest, or some services with what they need, without demo data."""

    def make_secrets(self) -> None:
        """Write the secrets that are missing."""

    def secret(self, name: str) -> str:
        """Read one secret."""

    def destroy(self) -> None:
        """Stop it and delete all its data."""


def run_tool(
    command: Sequence[str], environment: Mapping[str, str], *, cwd: str, said: str = "", tell: Tell = lambda _: None
) -> Any:
    """Run the program, pass on what it tells on standard error, and return the JSON of its last line.

    Raises:
        MunbotError: with its own line.
    """
    process = subprocess.Popen(
        list(command),
        env=dict(environment),
        cwd=cwd,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )
    last: list[str] = []

    def listen(stream: IO[str]) -> None:
        for line in stream:
            last[:] = [line.strip() or (last[-1] if last else "")]
            tell(line.strip())

    try:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        listener = threading.Thread(target=listen, args=(process.stderr,), daemon=True)
        listener.start()
        process.stdin.write(said)
        process.stdin.close()
        lines = process.stdout.read().strip().splitlines()
        listener.join()
        code = process.wait()
    except BaseException:
        process.terminate()
        process.wait()
        raise
    try:
        answer = json.loads(lines[-1])
    except (IndexError, ValueError):
        raise MunbotError(f"the backup's program ended with {code}: {last[-1] if last else 'no word'}") from None
    if code:
        raise MunbotError(str(answer.get("error") or answer))
    return answer


def commit(root: str) -> str:
    """Return the commit of the code, or nothing outside a repository."""
    try:
        asked = subprocess.run(
            ["git", "-C", root, "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return asked.stdout.strip() if asked.returncode == 0 else ""


def plain_environment() -> dict[str, str]:
    """Give this process's variables without the settings of instances."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("MUNBOT_", "BACKUP_"))}
