"""The platform's processes, whoever keeps them: ./munbot's supervisor, or a container engine."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Protocol

import httpx
from e2e_support import PATIENCE_SECONDS, until


class Keeper(Protocol):
    """Whoever starts a process again when it dies."""

    def pid(self, name: str) -> int:
        """Give the id of a service's main process on this machine; 0 when it does not run."""

    def stop(self, name: str) -> None:
        """End a process for good."""

    def start(self, name: str) -> None:
        """Start one that was stopped."""


class _Supervised:
    """Processes under ./munbot's supervisor, through its control socket."""

    def __init__(self) -> None:
        from munbot_cli.native.supervisor import Supervisor
        from munbot_cli.project import Project

        root = Path(os.environ["MUNBOT_TEST_PROJECT_ROOT"])
        self.supervisor = Supervisor(Project.load(os.environ.get("MUNBOT_TEST_PROJECT"), root=root))

    def pid(self, name: str) -> int:
        return self.supervisor.state(name).pid

    def stop(self, name: str) -> None:
        self.supervisor.stop_program(name)

    def start(self, name: str) -> None:
        self.supervisor.start_program(name)


class _Contained:
    """Main processes of containers. The restart policy brings back what died, but not what `docker stop` ended."""

    def __init__(self) -> None:
        from munbot_cli.testing.stack import Stack

        found = Stack.from_environment()
        assert found is not None
        self.stack = found

    def pid(self, name: str) -> int:
        return self.stack.container(name).pid

    def stop(self, name: str) -> None:
        self.stack.docker("stop", self.stack.container(name).name)

    def start(self, name: str) -> None:
        self.stack.docker("start", self.stack.container(name).name)


class Processes:
    """What a test does to processes."""

    def __init__(self, keeper: Keeper) -> None:
        self.keeper = keeper

    @classmethod
    def of_platform(cls) -> Processes | str:
        """Find who keeps the processes, or tell why they cannot be killed from here."""
        if os.environ.get("MUNBOT_TEST_ENGINE") == "containers":
            keeper = _Contained()
            # By the host's process id: `docker kill` would count as a stop by hand, and nothing would be restarted.
            if os.geteuid() != 0 or not Path(f"/proc/{keeper.pid('nginx')}").exists():
                return "killing a container's process needs root on the engine's own machine"
            return cls(keeper)
        if "MUNBOT_TEST_PROJECT_ROOT" not in os.environ:
            return "the processes are not ours to kill: MUNBOT_TEST_PROJECT_ROOT is not set"
        supervised = _Supervised()
        if not supervised.supervisor.answers:
            return "the platform does not run under ./munbot's supervisor"
        return cls(supervised)

    def pid(self, name: str) -> int:
        """Give the id of a process that runs."""
        pid = self.keeper.pid(name)
        assert pid, f"{name} does not run"
        return pid

    @staticmethod
    def kill(pid: int) -> None:
        """Kill -9."""
        os.kill(pid, signal.SIGKILL)

    def stop(self, name: str) -> None:
        """Stop a process and wait until it is gone."""
        self.keeper.stop(name)
        until(lambda: not self.keeper.pid(name), f"{name} stopped")

    def start(self, name: str) -> None:
        """Start a process again."""
        self.keeper.start(name)
        until(lambda: self.keeper.pid(name), f"{name} started")

    def wait_reborn(self, name: str, old_pid: int) -> None:
        """Wait until it was started again and the whole platform calls itself healthy."""
        until(lambda: self.keeper.pid(name) not in {0, old_pid}, f"{name} restarted")
        wait_healthy(f"after {name} died")


def wait_healthy(when: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until the platform's own word of health, over every service, is good."""
    health = f"{os.environ['MUNBOT_TEST_BASE_URL']}/health"

    def healthy() -> bool:
        try:
            return httpx.get(health, timeout=20).status_code == 200
        except httpx.TransportError:  # the way there may be down too
            return False

    until(healthy, f"the platform healthy {when}", seconds)
