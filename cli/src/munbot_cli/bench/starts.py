"""How long the platform takes to be up, and what it takes when nobody uses it."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Sequence
from statistics import fmean
from typing import Any

from munbot_cli.bench.machine import wait_until_calm
from munbot_cli.bench.site import Site
from munbot_cli.bench.tables import Figure, show_figures, show_table
from munbot_cli.containers.state import parse_size
from munbot_cli.progress import console

__all__ = ["measure_memory", "measure_starts", "read_stats"]

_UP_SECONDS = 90.0
_MEMORY_MB = 3072.0
_CALM_PERCENT = 30.0  # of one core, all containers together
_CALM_SECONDS = 240.0
_WATCH_SECONDS = 75.0  # longer than the longest pause between two health checks

Stats = dict[str, tuple[float, float]]


def measure_starts(site: Site) -> dict[str, Any]:
    """Start on fresh volumes, with migrations and demo data, and again on the same ones; leave the platform running."""
    site.provide_images()
    site.stop(volumes=True)
    first = site.up("first start")
    site.stop(volumes=False)
    second = site.up("start on kept volumes")
    figures = [
        Figure("up --wait, fresh volumes", first, "s", _UP_SECONDS, "migrates and loads the demo"),
        Figure("up --wait, after down with volumes kept", second, "s", _UP_SECONDS),
    ]
    show_figures("Start", figures)
    return {"figures": [figure.to_json() for figure in figures]}


def measure_memory(site: Site) -> dict[str, Any]:
    """Measure memory and processor time of every container once the platform has come to rest."""
    site.provide_platform()
    with console.status("waiting for the containers to come to rest …"):
        calm = wait_until_calm(lambda: sum(cpu for cpu, _ in _sample(site).values()), _CALM_PERCENT, _CALM_SECONDS)
    samples: list[Stats] = []
    started = time.monotonic()
    with console.status(f"watching the idle platform for {_WATCH_SECONDS:.0f} s …"):
        while time.monotonic() - started < _WATCH_SECONDS:
            samples.append(_sample(site))
    rest = _means(samples)
    cpu, memory = (sum(entry[number] for entry in rest.values()) for number in (0, 1))
    rows = [
        (name, f"{used:,.0f}", f"{percent:.1f}") for name, (percent, used) in sorted(rest.items(), key=_largest_first)
    ]
    show_table(
        "Containers at rest" if calm else "Containers (they did not come to rest)",
        ("container", "MB", "CPU % of a core"),
        rows,
        total=("total", f"{memory:,.0f}", f"{cpu:.1f}"),
    )
    figure = Figure("memory of the whole platform, idle", round(memory, 1), "MB", _MEMORY_MB)
    show_figures("Memory", [figure])
    return {
        "figures": [figure.to_json()],
        "calm": calm,
        "samples": len(samples),
        "cpu_percent_of_a_core": round(cpu, 1),
        "containers": {
            name: {"mb": round(used, 1), "cpu_percent": round(percent, 2)} for name, (percent, used) in rest.items()
        },
    }


def read_stats(lines: str) -> Stats:
    """Read the answer of ``docker stats --no-stream --format json``.

    Returns:
        Percent of one core and MB (2^20 bytes) in use, by the container's name.
    """
    entries = [json.loads(line) for line in lines.splitlines() if line.strip()]
    return {
        str(entry["Name"]): (
            float(str(entry["CPUPerc"]).rstrip("%").replace("--", "0")),
            parse_size(str(entry["MemUsage"]).partition("/")[0]) / 2**20,
        )
        for entry in entries
    }


def _sample(site: Site) -> Stats:
    """Ask for one measurement, which takes the engine two seconds."""
    names = {container.name: container.service for container in site.engine.ps() if container.alive}
    stats = read_stats(site.engine.docker("stats", "--no-stream", "--format", "json", *names))
    return {names.get(name, name): entry for name, entry in stats.items()}


def _means(samples: Sequence[Stats]) -> Stats:
    found: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for sample in samples:
        for name, entry in sample.items():
            found[name].append(entry)
    return {name: (fmean(cpu for cpu, _ in pairs), fmean(used for _, used in pairs)) for name, pairs in found.items()}


def _largest_first(item: tuple[str, tuple[float, float]]) -> float:
    return -item[1][1]
