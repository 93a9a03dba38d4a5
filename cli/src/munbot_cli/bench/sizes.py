"""How large the images are, and how much of that is ours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from munbot_cli.bench.site import Site
from munbot_cli.bench.tables import show_table
from munbot_cli.errors import MunbotError

__all__ = ["final_base", "measure_sizes"]

_ABOVE_BASE_MB = 250
_FASTAPI = {"scheduler", "complaints-api", "conversations", "rasa-actions", "web-interface"}
_MB = 10**6


def measure_sizes(site: Site) -> dict[str, Any]:
    """Print each image of the platform with its size; our own with their base, and what they add to it."""
    site.provide_images()
    bases = _bases(site)
    rows: list[tuple[object, ...]] = []
    kept = []
    for image in sorted(site.images(), key=lambda image: (not image.built, image.short)):
        size = _size(site, image.name)
        base = bases.get(image.name, "")
        above = size - _size(site, base) if base else None
        goal = _ABOVE_BASE_MB if image.built and image.short in _FASTAPI else None
        name = image.short if image.built else image.name
        rows.append((name, base, f"{size:,.0f}", "" if above is None else f"{above:,.0f}", goal or ""))
        kept.append(
            {
                "image": name,
                "base": base or None,
                "mb": round(size, 1),
                "above_base_mb": None if above is None else round(above, 1),
                "goal_mb": goal,
            }
        )
    columns = ("image", "base image", "MB", "MB above base", "goal")
    show_table("Images, unpacked", columns, rows, left={0, 1})
    return {"images": kept}


def final_base(dockerfile: str, arguments: Mapping[str, str]) -> str:
    """Give the image that the last stage of a Dockerfile starts from.

    Args:
        dockerfile: its text.
        arguments: build arguments; those that are missing have the Dockerfile's defaults.

    Raises:
        MunbotError: there is no stage.
    """
    head, *_ = re.split(r"^FROM ", dockerfile, maxsplit=1, flags=re.MULTILINE)
    known = dict(re.findall(r"^ARG (\w+)=(\S+)", head, flags=re.MULTILINE)) | dict(arguments)
    stages = re.findall(r"^FROM (?:--\S+ )*(\S+)(?: AS (\S+))?", dockerfile, flags=re.MULTILINE | re.IGNORECASE)
    if not stages:
        raise MunbotError("a Dockerfile without FROM")
    named = {name: image for image, name in stages if name}
    image = stages[-1][0]
    while image in named:
        image = named[image]
    return re.sub(r"\$\{?(\w+)\}?", lambda found: known.get(found[1], ""), image)


def _bases(site: Site) -> dict[str, str]:
    found = {}
    for service in site.configuration["services"].values():
        if build := service.get("build"):
            text = (Path(build["context"]) / build["dockerfile"]).read_text(encoding="utf-8")
            found[str(service["image"])] = final_base(text, build.get("args") or {})
    return found


def _size(site: Site, image: str) -> float:
    """Give the size of an image on the engine's machine in MB (10^6 bytes, as docker prints it)."""
    return int(site.engine.docker("image", "inspect", "--format", "{{.Size}}", image)) / _MB
