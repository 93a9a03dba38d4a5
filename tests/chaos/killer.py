"""Kills processes at random moments, in rounds: each once, in any order; the next when all is well again."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from typing import Self

import psutil
from e2e_support import until
from processes import Processes, wait_healthy

VICTIMS = ("whatsapp-bridge", "whatsapp-worker", "conversations-worker", "rabbitmq")
PAUSE_SECONDS = (0.0, 6.0)
WORK_SECONDS = (3.0, 12.0)
BACK_SECONDS = 300.0
"""A slow machine needs long to start RabbitMQ; were it killed before it is there, nothing would ever go on."""


class Killer:
    """Kills until it is told to stop, but everyone at least once.

    Args:
        processes: of the platform.
        seed: of the victims and the pauses.
        when_well: called before each round; the platform has some time to work then.
    """

    def __init__(self, processes: Processes, seed: int, when_well: Callable[[], object]) -> None:
        self._processes = processes
        self._chance = random.Random(f"{seed}-killer")
        self._when_well = when_well
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._failure: Exception | None = None
        self.kills: Counter[str] = Counter()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        self._thread.join()
        if self._failure:
            raise self._failure

    def _run(self) -> None:
        try:
            while not self._stop.is_set() or not self.kills:
                wait_healthy("before the next round of kills", BACK_SECONDS)
                self._when_well()
                self._stop.wait(self._chance.uniform(*WORK_SECONDS))
                for name in self._chance.sample(VICTIMS, len(VICTIMS)):
                    if self._stop.wait(self._chance.uniform(*PAUSE_SECONDS)) and name in self.kills:
                        continue
                    self._kill(name)
        except Exception as error:  # noqa: BLE001 - raised by __exit__, in the test's own thread
            self._failure = error

    def _kill(self, name: str) -> None:
        """Kill what runs under a name, all of it: RabbitMQ is a script that waits for Erlang's machine."""
        pid = until(lambda: self._processes.keeper.pid(name), f"{name} to run again", BACK_SECONDS)
        try:
            main = psutil.Process(pid)
            family = [*main.children(recursive=True), main]
        except psutil.NoSuchProcess:
            return
        for process in family:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        self.kills[name] += 1
