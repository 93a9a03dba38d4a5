"""Keeps one child process alive and hands it one request at a time."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from typing import Any

from munbot_common.logs import get_logger
from munbot_common.problems import Problem

from munbot_llm.processes import metrics, wire
from munbot_llm.processes.calls import Call
from munbot_llm.processes.life import STOP_SECONDS, Life
from munbot_llm.processes.problems import DeadlineExceeded, ProcessFailed, ProcessLost, ProcessUnavailable
from munbot_llm.processes.states import Arguments, LifeEnd, ProcessState, Stage
from munbot_llm.processes.waiting import BoundedQueue, Deadline

log = get_logger("process")

TICK_SECONDS = 1.0  # heartbeat
ERROR_RETRY_SECONDS = 5.0
EARLY_DEATHS = 3  # more deaths than this before being ready are a failure, not bad luck


class SupervisedProcess:
    """A child that is started, watched, restarted and stopped.

    Args:
        name: for logs and metrics.
        module: started as `python -m module`; it calls `munbot_llm.processes.child.serve`.
        arguments: what the child's `load` is given.
        queue_size: how many requests may wait for the one that runs.
        start_seconds: a child that is not ready by then is killed.
        free_seconds: a child that has not let go of an abandoned request by then is killed.
        silent_ticks: a child that answers none of so many heartbeats (one a second) is killed.
        idle_seconds: after such a time without a request the child is stopped until the next one; None: never.
        hold: asked before each start; a reason not to start now (then the state is failed), or None.
        hold_seconds: when `hold` is asked again.
        environment: variables for the child, beyond the harmless ones of this process.
        lost: the problem of the request that was running when the child died.
        problems: problems that the child may refuse a request with, found by their code.
    """

    def __init__(
        self,
        name: str,
        module: str,
        arguments: Arguments,
        *,
        queue_size: int = 8,
        start_seconds: float = 300.0,
        free_seconds: float = 1.0,
        silent_ticks: int = 4,
        idle_seconds: float | None = None,
        hold: Callable[[], str | None] | None = None,
        hold_seconds: float = 10.0,
        environment: Mapping[str, str] | None = None,
        lost: type[ProcessLost] = ProcessLost,
        problems: Sequence[type[Problem]] = (),
    ) -> None:
        self.name = name
        self.state = ProcessState(Stage.ASLEEP)
        self.queue = BoundedQueue(queue_size, name=name)
        self._module = module
        self._arguments = arguments
        self._start_seconds = start_seconds
        self._free_seconds = free_seconds
        self._silent_ticks = silent_ticks
        self._idle_seconds = idle_seconds
        self._hold = hold
        self._hold_seconds = hold_seconds
        self._environment = dict(environment or {})
        self._lost = lost
        kinds: list[type[Problem]] = [*problems, ProcessFailed]
        self._problems = {kind.code: kind for kind in kinds}
        self._numbers = itertools.count(1)
        self._call: Call | None = None
        self._life: Life | None = None
        self._wanted = asyncio.Event()
        self._changed = asyncio.Event()
        self._closing = False
        self._early_deaths = 0
        self._about: Mapping[str, Any] = {}
        self._task: asyncio.Task[None] | None = None
        self._drains: set[asyncio.Task[None]] = set()

    @property
    def about(self) -> Mapping[str, Any]:
        """What the child said of itself when it was last ready; empty before."""
        return self._about

    @property
    def pid(self) -> int | None:
        """The child's process id, while there is one."""
        return self._life.pid if self._life else None

    async def start(self, *, on_demand: bool = False) -> None:
        """Begin to keep the child alive: at once, or from the first request on. Returns without waiting for it."""
        self._move(Stage.ASLEEP if on_demand else Stage.LOADING)
        if not on_demand:
            self._wanted.set()
        self._task = asyncio.create_task(self._supervise(), name=f"supervise {self.name}")

    async def close(self) -> None:
        """Stop the child; requests under way end with `ProcessUnavailable`."""
        self._move(Stage.FAILED, "stopped")
        self._closing = True
        call, self._call = self._call, None
        if call:
            call.end(ProcessUnavailable(extra={"reason": "stopped"}))
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        if self._drains:
            await asyncio.wait(self._drains)

    @asynccontextmanager
    async def request(self, data: Mapping[str, Any], *, body: bytes = b"", deadline: Deadline) -> AsyncIterator[Call]:
        """Hand a request to the child; inside the block, iterate over its replies.

        Leaving the block early cancels the request in the child. `deadline` covers waiting and running.

        Raises:
            QueueFull: too many wait.
            DeadlineExceeded: not done in time.
            ProcessUnavailable: the child cannot be started.
            ProcessLost: the child died with this request in it.
            Problem: the child refused it.
        """
        outcome = "abandoned"
        call = None
        try:
            turn = await self.queue.enter(deadline)
            try:
                await self._until_ready(deadline)
                assert self._life is not None
                call = Call(next(self._numbers), turn, deadline, self._take_back)
            finally:
                if call is None:
                    turn.release()
            self._call = call
            self._life.send(wire.REQUEST, call.number, data, body)
            yield call
            outcome = "done" if call.ended.is_set() else outcome
        except Problem as problem:
            outcome = problem.code
            raise
        finally:
            if call:
                call.leave()
            metrics.REQUESTS.labels(self.name, outcome).inc()

    async def ask(self, data: Mapping[str, Any], *, body: bytes = b"", deadline: Deadline) -> list[wire.Message]:
        """Return all replies of a request; raises what `request` raises."""
        async with self.request(data, body=body, deadline=deadline) as replies:
            return [reply async for reply in replies]

    async def _until_ready(self, deadline: Deadline) -> None:
        self._wanted.set()
        try:
            async with asyncio.timeout(deadline.left()):
                while self.state.stage is not Stage.READY:
                    if self.state.stage is Stage.FAILED:
                        raise ProcessUnavailable(extra={"reason": self.state.reason}, headers={"Retry-After": "10"})
                    await self._changed.wait()
        except TimeoutError:
            raise DeadlineExceeded from None

    def _take_back(self, call: Call) -> None:
        drain = asyncio.create_task(self._drain(call))
        self._drains.add(drain)
        drain.add_done_callback(self._drains.discard)

    async def _drain(self, call: Call) -> None:
        """Cancel a request in the child; one that does not let go of it is killed."""
        started = time.monotonic()
        life = self._life
        if life:
            life.send(wire.CANCEL, call.number)
        try:
            async with asyncio.timeout(self._free_seconds):
                await call.ended.wait()
        except TimeoutError:
            if life:
                life.kill("not_freed")
            await call.ended.wait()
        metrics.FREE_SECONDS.labels(self.name).observe(time.monotonic() - started)

    # The child's lives, one after the other

    async def _supervise(self) -> None:
        while True:
            await self._wanted.wait()
            try:
                end = await self._one_life()
            except Exception as error:
                log.exception("process_not_started", process=self.name, kind=type(error).__name__)
                end = LifeEnd("not_started", ERROR_RETRY_SECONDS, failed=True)
            if end.failed:
                self._move(Stage.FAILED, end.cause)
            await asyncio.sleep(end.wait_seconds)

    async def _one_life(self) -> LifeEnd:
        if self._hold and (reason := self._hold()):
            return LifeEnd(reason, self._hold_seconds, failed=True)
        if self.state.stage is not Stage.FAILED:  # a failed one stays so until it is ready: no flicker
            self._move(Stage.LOADING)
        arguments = self._arguments() if callable(self._arguments) else self._arguments
        life = self._life = await Life.spawn(self.name, self._module, self._environment)
        try:
            life.send(wire.LOAD, 0, arguments)
            async with aclosing(life.messages()) as messages:
                end = await self._live(life, messages)
        finally:
            self._life = None
            self._bury()
            code = await life.end(grace_seconds=STOP_SECONDS if self._closing else 0.0)
        if end.cause != "idle":
            metrics.RESTARTS.labels(self.name, end.cause).inc()
            log.error("process_ended", process=self.name, pid=life.pid, cause=end.cause, code=code)
        return end

    async def _live(self, life: Life, messages: AsyncIterator[wire.Message]) -> LifeEnd:
        started = time.monotonic()
        try:
            async with asyncio.timeout(self._start_seconds):
                first = await anext(messages, None)
        except TimeoutError:
            return LifeEnd("start_timeout", self._back_off(), failed=True)
        if first is None:
            wait = self._back_off()
            return LifeEnd("died_while_loading", wait, failed=self._early_deaths > EARLY_DEATHS)
        if first.kind == wire.FAILED:
            return LifeEnd(str(first.data["reason"]), float(first.data["retry_seconds"]), failed=True)
        self._early_deaths = 0
        log.info("process_ready", process=self.name, pid=life.pid, seconds=round(time.monotonic() - started, 2))
        self._about = first.data
        self._move(Stage.READY)
        watch = asyncio.create_task(self._watch(life))
        try:
            async for message in messages:
                self._dispatch(message)
        finally:
            watch.cancel()
        cause = life.killed_because or "died"
        return LifeEnd(cause, 0.0 if cause == "idle" else 0.1)

    async def _watch(self, life: Life) -> None:
        """Kill a child that is silent, stop one that has long had nothing to do."""
        silent = 0
        while True:
            life.heard = False
            life.send(wire.PING)
            await asyncio.sleep(TICK_SECONDS)
            silent = 0 if life.heard else silent + 1
            if silent >= self._silent_ticks:
                life.kill("silent")
            elif self._idle_seconds is not None and self.queue.idle_seconds() > self._idle_seconds:
                self._wanted.clear()
                self._move(Stage.ASLEEP)
                life.kill("idle")

    def _dispatch(self, message: wire.Message) -> None:
        call = self._call
        if call is None or call.number != message.id:
            return
        if message.kind == wire.REPLY:
            call.reply(message)
        elif message.kind in {wire.END, wire.PROBLEM}:
            self._call = None
            call.end(self._problem(message.data) if message.kind == wire.PROBLEM else None)

    def _problem(self, data: Mapping[str, Any]) -> Problem:
        kind = self._problems.get(str(data.get("code")), ProcessFailed)
        return kind(data.get("detail"), extra=data.get("extra"))

    def _bury(self) -> None:
        """Say what has become of the request that was in the child."""
        call, self._call = self._call, None
        if self.state.stage is Stage.READY:
            self._move(Stage.LOADING)
        if call:
            call.end(self._lost(headers={"Retry-After": "5"}))

    def _back_off(self) -> float:
        self._early_deaths += 1
        return float(min(30.0, 0.1 * 2**self._early_deaths))

    def _move(self, stage: Stage, reason: str = "") -> None:
        if self._closing:
            return
        self.state = ProcessState(stage, reason)
        for one in Stage:
            metrics.STATE.labels(self.name, one.value).set(one is stage)
        self._changed.set()
        self._changed = asyncio.Event()
