"""Bring the platform up in containers: images, start, wait until all of it is healthy, or say at once what is wrong."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from munbot_cli.compose import Service, read_services, start_order, with_dependencies
from munbot_cli.containers.diagnosis import explain, explain_container
from munbot_cli.containers.engine import Engine
from munbot_cli.containers.images import Image, check_space, prepare_image, wanted_images
from munbot_cli.containers.state import Container
from munbot_cli.errors import GivenUp, MunbotError
from munbot_cli.native.context import end_children, run_logged
from munbot_cli.native.graph import Step, run_steps
from munbot_cli.ports import holder, port_is_taken, port_setting
from munbot_cli.progress import Board

__all__ = ["ContainerRunner", "choose_services"]

_POLL_SECONDS = 0.5
_LIVES = 3  # how often the engine may start a container again before the start is given up


def choose_services(
    configuration: Mapping[str, Any], *, infra_only: bool = False, only: Iterable[str] = ()
) -> dict[str, Service]:
    """Choose the services of a start, with what they need.

    Args:
        configuration: the compose file as compose understands it.
        infra_only: leave out what is built from this repository and does not prepare a server.
        only: these services and what they need; all by default.

    Raises:
        MunbotError: a name is unknown.
    """
    bodies: Mapping[str, Mapping[str, Any]] = configuration["services"]
    profiles = {profile for body in bodies.values() for profile in body.get("profiles") or ()}
    foreign = [name for name, body in bodies.items() if "build" not in body]
    services = read_services(configuration, foreign, profiles)
    if infra_only:
        return with_dependencies(services, foreign)
    return with_dependencies(services, only) if only else services


@dataclass
class ContainerRunner:
    """One start of one instance.

    Args:
        engine: asked about the instance.
        configuration: the compose file as compose understands it.
        services: the services to run.
    """

    engine: Engine
    configuration: Mapping[str, Any]
    services: Mapping[str, Service]
    _before: dict[str, Container] = field(default_factory=dict, init=False)
    _created: threading.Event = field(default_factory=threading.Event, init=False)
    _deadline: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        self.project = self.engine.project
        self.timeout = self.project.start_timeout
        self._watch = _Watch(self.engine)

    def up(self) -> None:
        """Start everything, or what is missing or changed, and wait until all of it is healthy.

        Raises:
            MunbotError: with one line that names the cause.
        """
        self.project.logs.mkdir(parents=True, exist_ok=True)
        self._before = {container.service: container for container in self.engine.ps()}
        self._check_ports()
        images = wanted_images(self.engine, self.configuration, self.services)
        check_space(self.engine, images)
        steps = [*self._image_steps(images), *self._container_steps(images)]
        with Board(f"Munbot «{self.project.name}»", len(steps)) as board:
            self._board = board
            run_steps(steps, give_up=end_children)
        if failed := self._failed():
            raise MunbotError(self._why(failed[0]))

    # ---- steps

    def _image_steps(self, images: Iterable[Image]) -> list[Step]:
        return [
            self._step(
                f"image {image.short}",
                "building" if image.built else "pulling",
                lambda _failed, image=image: prepare_image(self.engine, image),  # type: ignore[misc]
            )
            for image in images
        ]

    def _container_steps(self, images: Iterable[Image]) -> list[Step]:
        ready = tuple(f"image {image.short}" for image in images)
        steps = [self._step("containers", "creating", self._create, *ready)]
        for service in self.services.values():
            doing = "running" if service.one_shot else "starting"
            action = partial(self._wait, service)
            steps.append(self._step(service.name, doing, action, *service.depends_on, *ready))
        return steps

    def _step(self, name: str, doing: str, action: Callable[[threading.Event], str], *needs: str) -> Step:
        def run(failed: threading.Event) -> None:
            with self._board.step(name, doing) as note:
                note.text = action(failed)

        return Step(name, run, needs)

    def _create(self, _failed: threading.Event) -> str:
        """Let compose create and start what is missing, in its order; the other steps watch what becomes of it."""
        stale = [
            container.id for container in self._before.values() if container.failed or container.state == "restarting"
        ]
        if stale:  # of an earlier start: made anew, so that nobody takes their failure for today's
            self.engine.docker("rm", "-f", *stale)
        self._deadline = time.monotonic() + self.timeout
        log = self.project.log("compose")
        command = self.engine.compose_command("up", "-d", "--no-build", *self.services)
        try:
            run_logged(command, log=log, what="compose", cwd=self.project.root, environment=self.engine.environment)
        except GivenUp:
            raise
        except MunbotError as error:
            output = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else str(error)
            if found := self._failed() or self._blamed(output):
                raise MunbotError(self._why(found[0])) from error
            raise MunbotError(explain(output, self.engine.chosen), log=log) from error
        self._created.set()
        return "unchanged"

    def _wait(self, service: Service, failed: threading.Event) -> str:
        """Wait until a service's container is as it should be.

        Raises:
            MunbotError: it is unhealthy, ended, keeps ending, or took too long.
            GivenUp: another step failed.
        """
        before = self._before.get(service.name)
        while not failed.is_set():
            container = self._watch.get(service.name)
            same = container is not None and before is not None and container.started == before.started
            if container and (not same or self._created.is_set()):  # not what an earlier start left
                if container.ready:
                    return "unchanged" if same else "done" if service.one_shot else "healthy"
                if self._is_lost(container):
                    raise MunbotError(self._why((self._failed() or [container])[0]))
            if self._deadline and time.monotonic() > self._deadline:
                raise MunbotError(self._too_late(service.name, container))
            failed.wait(_POLL_SECONDS)
        raise GivenUp(f"{service.name} was given up, because another step failed")

    # ---- what went wrong

    def _is_lost(self, container: Container) -> bool:
        return container.failed or self._restarts(container) >= _LIVES

    def _restarts(self, container: Container) -> int:
        before = self._before.get(container.service)
        return container.restarts - (before.restarts if before and before.id == container.id else 0)

    def _failed(self) -> list[Container]:
        """Give the containers that cannot become healthy, those that others need first."""
        waves = start_order({service.name: service.depends_on for service in self.services.values()})
        order = {name: number for number, wave in enumerate(waves) for name in wave}
        lost = [entry for entry in self.engine.ps() if entry.service in order and self._is_lost(entry)]
        return sorted(lost, key=lambda entry: order[entry.service])

    def _blamed(self, output: str) -> list[Container]:
        """Give the container that compose gave up on: it does so when one ends that would be started again."""
        names = re.findall(r"dependency failed to start: container (\S+)", output)
        return [container for container in self.engine.ps() if container.name in names]

    def _why(self, container: Container) -> str:
        lines = self.engine.last_lines(container)
        words = explain_container(container, lines, self.engine.chosen, restarts=self._restarts(container))
        return f"{words} (more: ./munbot logs {container.service})"

    def _too_late(self, service: str, container: Container | None) -> str:
        late = f"{service} is not healthy after {self.timeout:.0f} s (MUNBOT_START_TIMEOUT)"
        if container is None or container.state == "created":
            return f"{late}: its container was not started"
        return f"{late}: {self._why(container)}"

    # ---- before anything starts

    def _check_ports(self) -> None:
        """Try the ports that are to be published.

        Raises:
            MunbotError: one is in use; the line says by whom and what to set.
        """
        if not self.engine.environment.get("DOCKER_HOST", "unix:").startswith("unix:"):
            return  # another machine's ports
        for name in self.services:
            if name in self._before and self._before[name].alive:
                continue
            for entry in self.configuration["services"][name].get("ports") or ():
                port = int(entry.get("published") or 0)
                if port and port_is_taken(port, "0.0.0.0"):  # noqa: S104 - only tried, nothing is sent
                    taken = f"port {port} ({name}:{entry['target']}) is in use by {self._holder(port)}"
                    setting = port_setting(self.project, f"{name}:{entry['target']}")
                    raise MunbotError(f"{taken}: stop that, or set {setting} in .env")

    def _holder(self, port: int) -> str:
        names = self.engine.docker("ps", "--filter", f"publish={port}", "--format", "{{.Names}}").split()
        return f"the container {names[0]}" if names else holder(port)


class _Watch:
    """The containers' states, asked once for all steps that wait."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._at = 0.0
        self._states: dict[str, Container] = {}

    def get(self, service: str) -> Container | None:
        """Give the state of a service's container, at most half a second old."""
        with self._lock:
            if time.monotonic() - self._at >= _POLL_SECONDS:
                self._states = {container.service: container for container in self._engine.ps()}
                self._at = time.monotonic()
            return self._states.get(service)
