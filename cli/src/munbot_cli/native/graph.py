"""Run steps that need one another, each as soon as what it needs is done."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from munbot_cli.compose import start_order

__all__ = ["Step", "run_steps"]


@dataclass(frozen=True)
class Step:
    """One thing to do.

    Args:
        name: unique among the steps.
        action: does it, given an event that is set when the others failed and waiting is pointless.
        needs: names of the steps that come before it; unknown ones are ignored.
    """

    name: str
    action: Callable[[threading.Event], None]
    needs: tuple[str, ...] = ()


def run_steps(steps: Iterable[Step], *, workers: int = 32) -> None:
    """Run all steps, in parallel where they do not need one another.

    Args:
        steps: what to do.
        workers: threads; steps mostly wait for other processes.

    Raises:
        MunbotError: the steps go in a circle.
        Exception: the first error of a step; steps not yet begun are left out and running ones are asked to give up.
    """
    pending: Mapping[str, Step] = {step.name: step for step in steps}
    start_order({step.name: step.needs for step in pending.values()})
    left = dict(pending)
    done: set[str] = set()
    failed = threading.Event()
    running: dict[Future[None], str] = {}
    error: BaseException | None = None
    with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="up") as pool:
        try:
            while left or running:
                if error is None:
                    for step in list(left.values()):
                        if all(need in done or need not in pending for need in step.needs):
                            del left[step.name]
                            running[pool.submit(step.action, failed)] = step.name
                elif not running:
                    break
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    name = running.pop(future)
                    if (problem := future.exception()) is None:
                        done.add(name)
                    elif error is None:
                        error = problem
                        failed.set()
        except BaseException:  # an interrupt: let the threads end instead of waiting for them
            failed.set()
            raise
    if error is not None:
        raise error
