"""Show what is being done: a live board on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from munbot_cli.errors import GivenUp

__all__ = ["Board", "console"]

# A log file or a pipe has no width of its own.
console = Console(highlight=False, width=None if sys.stdout.isatty() else 130)


class Board:
    """One line per step while it runs, one overall bar. Safe to use from any thread.

    Args:
        title: what the whole is.
        total: how many steps there will be.
    """

    def __init__(self, title: str, total: int) -> None:
        self._live = console.is_terminal
        self._lock = threading.Lock()
        self._started: dict[str, float] = {}
        self._tasks: dict[str, TaskID] = {}
        self._steps = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )
        self._overall = self._steps.add_task(f"[bold]{title}", total=total)

    def __enter__(self) -> Self:
        if self._live:
            self._steps.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._steps.stop()

    @contextmanager
    def step(self, name: str, doing: str) -> Iterator[Note]:
        """Show a step while the block runs; a line stays when it took a noticeable time."""
        started = time.monotonic()
        task = self._steps.add_task(f"{name}  [dim]{doing}", total=1) if self._live else None
        note = Note()
        try:
            yield note
        except GivenUp:
            self._say(f"[dim]- {name:<24} given up[/dim]")
            raise
        except BaseException:
            self._say(f"[red]✗[/red] {name}")
            raise
        else:
            self._steps.advance(self._overall)
            seconds = time.monotonic() - started
            if note.text != "unchanged":
                self._say(f"[green]✓[/green] {name:<24} [dim]{note.text or doing:<28} {seconds:6.1f} s[/dim]")
        finally:
            if task is not None:
                self._steps.remove_task(task)

    def _say(self, line: str) -> None:
        with self._lock:
            console.print(line)


class Note:
    """What a step has to say about itself once it is done."""

    text = ""
