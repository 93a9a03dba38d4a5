"""What a supervised process can be doing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Arguments = Mapping[str, Any] | Callable[[], Mapping[str, Any]]
"""What the child's `load` is given (JSON), or a function that says so before each start."""


class Stage(StrEnum):
    """What a process is doing."""

    ASLEEP = "asleep"  # not started, or stopped after a time without requests
    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ProcessState:
    """A stage, and why it failed."""

    stage: Stage
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LifeEnd:
    """How a child's life ended, and after how many seconds the next may begin."""

    cause: str
    wait_seconds: float = 0.0
    failed: bool = False
