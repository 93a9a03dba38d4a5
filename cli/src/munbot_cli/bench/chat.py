"""A chat turn in containers beside the same turn natively, one after the other on the same machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil

from munbot_cli.bench.machine import wait_until_calm
from munbot_cli.bench.site import Site
from munbot_cli.bench.tables import show_table
from munbot_cli.commands.lifecycle import bring_up, delete_data, stop_project
from munbot_cli.environment import instance_environment
from munbot_cli.errors import MunbotError
from munbot_cli.native.context import end_children
from munbot_cli.progress import console
from munbot_cli.project import Project
from munbot_cli.testing.suites import prepare_tools

__all__ = ["compare_runs", "measure_chat"]

_GOAL = 1.15
_QUANTILES = ("p50_ms", "p95_ms", "p99_ms")
_CALM_PERCENT = 20.0  # of the whole machine
_CALM_SECONDS = 90.0
_SAMPLE_SECONDS = 2.0


def measure_chat(site: Site, checkout: Project, *, rounds: int) -> dict[str, Any]:
    """Measure chats natively, then in containers; never are both up.

    Rasa's bare channel is asked in neither: in containers it is out of reach, and natively those turns would give the
    platform pauses that it does not get in containers.

    Args:
        site: the containers.
        checkout: what runs natively, under a name of its own and with fresh data.
        rounds: how often one citizen goes through the script.
    """
    prepare_tools(checkout, rasa=False)  # the load generator's own libraries
    site.provide_images()
    site.stop(volumes=True)
    native = _natively(site, checkout, rounds)
    site.up("start for chats")
    contained = _load(site, "chat in containers", site.base_url, rounds)
    site.stop(volumes=True)
    runs = compare_runs(native, contained)
    _show(runs)
    return {"goal_ratio": _GOAL, "rounds": rounds, "runs": runs}


def compare_runs(native: dict[str, Any], contained: dict[str, Any]) -> list[dict[str, Any]]:
    """Put the same loads beside each other.

    Args:
        native: what bench_chat.py wrote for the native run.
        contained: what it wrote for the containers.

    Returns:
        For each number of citizens and kind of turn both times in milliseconds, and containers / native.
    """
    rows = []
    for one, other in zip(native["runs"], contained["runs"], strict=True):
        for kind in ("all", "talk", "action"):
            times = {"native": one["munbot"][kind], "containers": other["munbot"][kind]}
            ratio = {
                name: round(times["containers"][name] / times["native"][name], 2) if times["native"][name] else None
                for name in _QUANTILES
            }
            unanswered = {"native": one["unanswered"], "containers": other["unanswered"]}
            rows.append({"citizens": one["citizens"], "turns": kind, **times, "ratio": ratio, "unanswered": unanswered})
    return rows


def _natively(site: Site, checkout: Project, rounds: int) -> dict[str, Any]:
    instance = Project.load(f"{site.engine.project.name}-native", root=checkout.root)
    stop_project(instance)
    delete_data(instance)
    try:
        bring_up(instance)
        return _load(site, "chat natively", instance_environment(instance)["MUNBOT_TEST_BASE_URL"], rounds)
    finally:
        end_children()
        stop_project(instance)
        delete_data(instance)


def _load(site: Site, what: str, base_url: str, rounds: int) -> dict[str, Any]:
    """Run the load generator, after the same wait for the machine to calm down as the other time."""
    with console.status("waiting for the machine to come to rest …"):
        calm = wait_until_calm(lambda: psutil.cpu_percent(_SAMPLE_SECONDS), _CALM_PERCENT, _CALM_SECONDS)
    if not calm:
        console.print(f"[yellow]The machine did not come to rest in {_CALM_SECONDS:.0f} s; measuring all the same.")
    target = site.log(what).with_suffix(".json")
    target.unlink(missing_ok=True)
    script = site.root / "tests" / "load" / "bench_chat.py"
    command = [sys.executable, str(script), "--base-url", base_url, "--rounds", str(rounds), "--json", str(target)]
    # No address of another instance may come in by the environment, Rasa's least of all.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MUNBOT_TEST_")}
    with console.status(f"{what} …"), site.log(what).open("w", encoding="utf-8") as output:
        ended = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, check=False
        )
    if ended.returncode:
        raise MunbotError(f"{what}: the load generator ended with code {ended.returncode}", log=site.log(what))
    return dict(json.loads(Path(target).read_text(encoding="utf-8")))


def _show(runs: list[dict[str, Any]]) -> None:
    rows = []
    for run in runs:
        pairs = [f"{run['native'][name]:,.0f} | {run['containers'][name]:,.0f}" for name in _QUANTILES]
        ratios = [run["ratio"][name] if run["ratio"][name] is not None else "" for name in _QUANTILES]
        lost = f"{run['unanswered']['native']} | {run['unanswered']['containers']}"
        turns = f"{run['native']['n']} | {run['containers']['n']}"
        rows.append((run["citizens"], run["turns"], turns, *pairs, *ratios, f"≤ {_GOAL}", lost))
    heads = ("citizens", "turns", "number", "p50 ms", "p95 ms", "p99 ms", "p50 ×", "p95 ×", "p99 ×", "goal", "lost")
    show_table("Chat turn: native | in containers, and containers / native", heads, rows, left={1})
