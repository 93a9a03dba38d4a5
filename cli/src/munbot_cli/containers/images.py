"""Have every image that a start needs: build ours, pull the others where they are missing."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from munbot_cli.containers.diagnosis import explain, explain_image
from munbot_cli.containers.engine import Engine
from munbot_cli.errors import GivenUp, MunbotError
from munbot_cli.native.context import run_logged

__all__ = ["Image", "check_space", "prepare_image", "wanted_images"]

_BUILD_BYTES = 3 * 10**9  # all images together, with the layers in between
_RUN_BYTES = 3 * 10**8


@dataclass(frozen=True)
class Image:
    """An image of the compose file.

    Args:
        name: with its tag.
        services: those that run it.
        built: from this repository, as against pulled.
        identity: the engine's id of the one that is there; empty when it is missing.
    """

    name: str
    services: tuple[str, ...]
    built: bool
    identity: str = ""

    @property
    def short(self) -> str:
        """Give the name without registry and tag, for people and for the log's name."""
        return self.name.rpartition("/")[2].partition(":")[0]


def wanted_images(engine: Engine, configuration: Mapping[str, Any], services: Iterable[str]) -> list[Image]:
    """List the images of some services, each once."""
    users: dict[str, list[str]] = {}
    built: set[str] = set()
    for service in services:
        body = configuration["services"][service]
        name = str(body.get("image") or f"{engine.project.name}-{service}")
        users.setdefault(name, []).append(service)
        if "build" in body:
            built.add(name)
    return [
        Image(name, tuple(services), built=name in built, identity=engine.image_id(name))
        for name, services in users.items()
    ]


def check_space(engine: Engine, images: Iterable[Image]) -> None:
    """Refuse to start on a full disk, where the engine's disk can be seen from here.

    Raises:
        MunbotError: too little is free.
    """
    folder = Path(engine.docker("info", "--format", "{{.DockerRootDir}}").strip())
    try:
        free = shutil.disk_usage(folder).free
    except OSError:  # another machine's disk, or Docker Desktop's
        return
    needed = _RUN_BYTES if all(image.identity for image in images) else _BUILD_BYTES
    if free < needed:
        raise MunbotError(
            f"the container engine's disk is full: {free / 1e9:.1f} GB are free in {folder}, {needed / 1e9:.1f} GB are "
            "needed; free some, for example with docker image prune and docker builder prune"
        )


def prepare_image(engine: Engine, image: Image) -> str:
    """Build or pull one image, its output in a log file.

    Returns:
        ``unchanged``, or what was done.

    Raises:
        MunbotError: it cannot be had; the line names the image, its services and the setting that chose it.
    """
    if not image.built and image.identity:
        return "unchanged"
    log = engine.project.log(f"image-{image.short}")
    if image.built:
        command = engine.compose_command("--progress", "plain", "build", image.services[0])
    else:
        command = ["docker", "pull", image.name]
    try:
        run_logged(command, log=log, what=image.name, cwd=engine.project.root, environment=engine.environment)
    except GivenUp:
        raise
    except MunbotError as error:
        output = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else str(error)
        who = ", ".join(image.services)
        if not image.built:
            raise MunbotError(f"{who}: {explain_image(image.name, output, engine.chosen)}", log=log) from error
        why = explain(output, engine.chosen)
        raise MunbotError(f"the image of {who} cannot be built: {why}", log=log) from error
    if not image.built:
        return "pulled"
    return "unchanged" if engine.image_id(image.name) == image.identity else "built"
