"""What the figures were measured on, and whether it was quiet."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import psutil

from munbot_cli.containers.engine import Engine
from munbot_cli.progress import console

__all__ = ["describe", "show_machine", "wait_until_calm"]

_QUIET_LOAD = 0.25  # of each core: what a desktop does by itself
_CALM_SAMPLES = 3


def describe(engine: Engine) -> dict[str, Any]:
    """Describe the machine before anything is started.

    Returns:
        Cores, memory in MB, the load average of the last minute, containers that run already, versions.
    """
    load = os.getloadavg()[0]
    cores = os.cpu_count() or 1
    return {
        "cpus": cores,
        "cpu": _processor(),
        "memory_mb": psutil.virtual_memory().total // 2**20,
        "load_average_before": round(load, 2),
        "containers_before": len(engine.docker("ps", "-q").split()),
        "quiet": load <= _QUIET_LOAD * cores,
        "system": platform.platform(),
        "engine": engine.docker("version", "--format", "{{.Server.Version}}").strip(),
        "compose": engine.docker("compose", "version", "--short").strip(),
    }


def show_machine(machine: dict[str, Any]) -> None:
    """Print the machine in a line, with a warning when something else runs on it."""
    console.print(
        f"Machine: {machine['cpus']} cores ({machine['cpu'] or 'unknown'}), {machine['memory_mb']:,} MB, "
        f"load average {machine['load_average_before']}, engine {machine['engine']}, compose {machine['compose']}",
        soft_wrap=True,
    )
    if not machine["quiet"] or machine["containers_before"]:
        console.print(
            f"[bold yellow]The machine is not quiet[/bold yellow]: load average {machine['load_average_before']}, "
            f"{machine['containers_before']} other containers run. The figures will be too large.",
            soft_wrap=True,
        )


def wait_until_calm(
    busy: Callable[[], float], threshold: float, seconds: float, *, clock: Callable[[], float] = time.monotonic
) -> bool:
    """Wait until three measurements in a row are below a threshold.

    Args:
        busy: measures, and takes about as long as it measures.
        threshold: in the unit of `busy`.
        seconds: after which it is given up.
        clock: for tests.

    Returns:
        Whether it became calm.
    """
    deadline, last = clock() + seconds, [float("inf")] * _CALM_SAMPLES
    while not _is_calm(last, threshold):
        if clock() >= deadline:
            return False
        last = [*last[1:], busy()]
    return True


def _is_calm(samples: Sequence[float], threshold: float) -> bool:
    return all(sample < threshold for sample in samples)


def _processor() -> str:
    source = Path("/proc/cpuinfo")
    lines = source.read_text(encoding="utf-8").splitlines() if source.is_file() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor())
