"""Find processes of an instance that no supervisor looks after any more."""

from __future__ import annotations

from pathlib import Path

import psutil

__all__ = ["stray_processes"]

_TITLED = {"redis-server", "nginx"}  # these write their title over the environment that we would recognise them by


def stray_processes(data: Path) -> list[psutil.Process]:
    """Find the processes that a start of this instance left, by the mark in their environment.

    Args:
        data: the instance's data folder.
    """
    found = []
    for process in psutil.process_iter():
        try:
            marked = process.environ().get("MUNBOT_INSTANCE") == str(data)
            if marked or (process.name() in _TITLED and Path(process.cwd()).is_relative_to(data)):
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found
