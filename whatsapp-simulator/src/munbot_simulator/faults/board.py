"""Holds the switches, and wakes those who wait for one to change."""

import asyncio

from munbot_simulator.faults.models import Faults


class FaultBoard:
    """The one set of switches of the simulator."""

    def __init__(self) -> None:
        self._now = Faults()
        self._changed = asyncio.Event()

    @property
    def now(self) -> Faults:
        """How the provider behaves at present."""
        return self._now

    def put(self, faults: Faults) -> None:
        """Set all switches."""
        self._now = faults
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def next_error(self) -> int | None:
        """Return the code that the next send fails with, if any; one of `errors_once` is used up by it."""
        if self._now.errors_once:
            code, *rest = self._now.errors_once
            self._now = self._now.model_copy(update={"errors_once": rest})
            return code
        return self._now.rate_limited

    async def until_up(self) -> None:
        """Wait until the provider is not down."""
        while self._now.provider_down:
            await self._changed.wait()
