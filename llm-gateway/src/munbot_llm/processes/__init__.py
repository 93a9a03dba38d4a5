"""Supervised child processes: one heavy model in each, spoken to over a socket, started anew when it dies or hangs.

The parent's side is `SupervisedProcess`, the child's is `munbot_llm.processes.child.serve`:

    process = SupervisedProcess("voice", "munbot_llm.voice.child", {"model": "/models/base"}, queue_size=4)
    await process.start()
    async with process.request({"language": "es"}, body=audio, deadline=Deadline(90)) as replies:
        async for reply in replies:
            print(reply.data)
    await process.close()

The names below are imported when first used: a child needs none of them, nor what they bring along.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from munbot_llm.processes.calls import Call
    from munbot_llm.processes.problems import (
        DeadlineExceeded,
        ProcessFailed,
        ProcessLost,
        ProcessUnavailable,
        QueueFull,
    )
    from munbot_llm.processes.states import ProcessState, Stage
    from munbot_llm.processes.supervisor import SupervisedProcess
    from munbot_llm.processes.waiting import BoundedQueue, Deadline, Turn
    from munbot_llm.processes.wire import Message

__all__ = [
    "BoundedQueue",
    "Call",
    "Deadline",
    "DeadlineExceeded",
    "Message",
    "ProcessFailed",
    "ProcessLost",
    "ProcessState",
    "ProcessUnavailable",
    "QueueFull",
    "Stage",
    "SupervisedProcess",
    "Turn",
]

_HOMES = {
    "calls": ("Call",),
    "problems": ("DeadlineExceeded", "ProcessFailed", "ProcessLost", "ProcessUnavailable", "QueueFull"),
    "states": ("ProcessState", "Stage"),
    "supervisor": ("SupervisedProcess",),
    "waiting": ("BoundedQueue", "Deadline", "Turn"),
    "wire": ("Message",),
}


def __getattr__(name: str) -> Any:
    """Import what is asked for (PEP 562)."""
    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)
