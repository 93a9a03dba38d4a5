"""How many processor cores this process may use. Standard library only: the child's."""

import math
import os
from contextlib import suppress
from pathlib import Path


def usable_cores() -> int:
    """Return the cores that the scheduler and the container's quota (cgroup 2) allow; at least 1."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with suppress(OSError, ValueError):
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
        cores = min(cores, max(1, math.ceil(int(quota) / int(period))))  # "max" is no number: no quota
    return cores


def model_threads(wanted: int) -> int:
    """Return how many threads the engine gets: `wanted`, or for 0 all cores but the one that serves everybody else."""
    return wanted or max(1, usable_cores() - 1)
