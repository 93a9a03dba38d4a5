"""Run steps that need one another, each as soon as what it needs is done."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
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


def run_steps(steps: Iterable[Step], *, workers: int = 32, give_up: Callable[[], None] = lambda: None) -> None:
    """Run all steps, in parallel where they do not need one another.

    Args:
        steps: what to do.
        workers: threads; steps mostly wait for other processes.
        give_up: called once when a step has failed, to end what the others wait for.

    Raises:
        MunbotError: the steps go in a circle.
        Exception: the first error of a step; steps not yet begun are left out and running ones are asked to give up.
    """
    left = {step.name: step for step in steps}
    start_order({step.name: step.needs for step in left.values()})
    known = frozenset(left)
    done: set[str] = set()
    failed = threading.Event()
    running: dict[Future[None], str] = {}
    with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="step") as pool:
        try:
            while left or running:
                for step in [step for step in left.values() if done.issuperset(known.intersection(step.needs))]:
                    del left[step.name]
                    running[pool.submit(step.action, failed)] = step.name
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    future.result()
                    done.add(running.pop(future))
        except BaseException:  # an error of a step, or an interrupt: the other threads stop waiting
            failed.set()
            give_up()
            raise
