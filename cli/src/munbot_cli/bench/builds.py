"""How long images take to build: all of them without layers, and again after one line was changed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.markup import escape

from munbot_cli.bench.site import Site
from munbot_cli.bench.tables import Figure, show_figures
from munbot_cli.errors import MunbotError
from munbot_cli.progress import console

__all__ = ["Change", "measure_cold_build", "measure_rebuilds", "read_build_log", "without_layers"]

_COLD_SECONDS = 600.0
_REBUILD_SECONDS = 30.0
_TRAINED = re.compile(r"model trained in ([\d.]+) s")
_DOWNLOADED = re.compile(r"\bDownload(?:ing|ed) ([\w.-]+)")


@dataclass(frozen=True)
class Change:
    """One line that somebody might change.

    Args:
        what: for people.
        path: the file, from the root of the checkout.
        line: put at the file's end; ``{stamp}`` makes it another one in each run.
        trains: whether the dialogue is trained again for it.
    """

    what: str
    path: str
    line: str
    trains: bool = False


CHANGES = (
    Change("a line in one service (scheduler)", "scheduler/src/munbot_scheduler/app.py", "# measured at {stamp}"),
    Change("a line in the front end", "web-interface/frontend/src/app/main.tsx", "// measured at {stamp}"),
    Change(
        "an example in the dialogue's NLU data", "rasa-core/data/nlu/greet.yml", "      - hola {stamp}", trains=True
    ),
)


def measure_cold_build(site: Site) -> dict[str, Any]:
    """Build every image without a layer of earlier builds, but with the package managers' caches and the model's."""
    seconds = _build_without_layers(site, "cold build")
    trained, downloads = read_build_log(site.log("cold build").read_text(encoding="utf-8", errors="replace"))
    notes = [
        f"with {trained:.0f} s of training" if trained else "the trained model came from its cache",
        f"packages that were downloaded: {downloads}" if downloads else "",
    ]
    figure = Figure("all images, package caches warm", seconds, "s", _COLD_SECONDS, "; ".join(filter(None, notes)))
    show_figures("Cold build", [figure])
    return {"figures": [figure.to_json()], "training_seconds": trained, "downloads": downloads}


def read_build_log(text: str) -> tuple[float, int]:
    """Read what a build had to do over again.

    Returns:
        Seconds of training, 0 when the model came from its cache; how many packages had to be downloaded.
    """
    trained = [float(found) for found in _TRAINED.findall(text)]
    return max(trained, default=0.0), len(set(_DOWNLOADED.findall(text)))


def measure_rebuilds(site: Site) -> dict[str, Any]:
    """Build again after each change, everything else being as it was built before."""
    site.build("build before the changes")
    figures = [_measure(site, change) for change in CHANGES]
    show_figures("Rebuild after one line was changed", figures)
    # The model's cache now holds the changed one. The next cold build must find the true one, as it did before.
    try:
        _build_without_layers(site, "putting the model back", "rasa")
    except MunbotError as error:
        console.print(f"[yellow]The next cold build will train the dialogue:[/yellow] {escape(str(error))}")
    return {"figures": [figure.to_json() for figure in figures]}


def without_layers(dockerfile: str, stamp: str) -> str:
    """Change each stage of a Dockerfile from its start on, so that none of its commands is found in the layer cache.

    ``--no-cache`` would do more: BuildKit then gives every ``RUN --mount=type=cache`` an empty folder, and keeps that
    one from then on (moby/buildkit#4250).
    """
    return re.sub(r"^(FROM .*)$", rf"\1\nENV MUNBOT_BENCH={stamp}", dockerfile, flags=re.MULTILINE)


def _build_without_layers(site: Site, what: str, *services: str) -> float:
    """Build all services, or some; returns seconds."""
    chosen = services or tuple(site.configuration["services"])
    builds = [build for name in chosen if (build := site.configuration["services"][name].get("build"))]
    originals = {
        path: path.read_text(encoding="utf-8")
        for path in {Path(build["context"]) / build["dockerfile"] for build in builds}
    }
    stamp = _stamp()
    try:
        for path, text in originals.items():
            path.write_text(without_layers(text, stamp), encoding="utf-8")
        return site.build(what, *services)
    finally:
        for path, text in originals.items():
            path.write_text(text, encoding="utf-8")


def _measure(site: Site, change: Change) -> Figure:
    path = site.root / change.path
    original = path.read_text(encoding="utf-8")
    before = _identities(site)
    path.write_text(f"{original.rstrip()}\n{change.line.format(stamp=_stamp())}\n", encoding="utf-8")
    try:
        seconds = site.build(change.what)
        trained, _ = read_build_log(site.log(change.what).read_text(encoding="utf-8", errors="replace"))
        made = _different(before, _identities(site))
    finally:
        path.write_text(original, encoding="utf-8")
    note = f"made anew: {', '.join(made) or 'nothing'}"
    if change.trains:
        note += f"; {trained:.0f} s of it train the dialogue"
    return Figure(change.what, seconds, "s", _REBUILD_SECONDS, note)


def _stamp() -> str:
    return datetime.now(UTC).strftime("%Y%m%d%H%M%S")


def _identities(site: Site) -> dict[str, str]:
    return {image.short: image.identity for image in site.images() if image.built}


def _different(before: dict[str, str], after: dict[str, str]) -> Iterable[str]:
    return sorted(name for name, identity in after.items() if before.get(name) != identity)
