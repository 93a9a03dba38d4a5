"""Supervised child processes: one heavy model in each, spoken to over a socket, started anew when it dies or hangs.

The parent's side is `SupervisedProcess`, the child's is `munbot_llm.processes.child.serve`:

    process = SupervisedProcess("voice", "munbot_llm.voice.child", {"model": "/models/base"}, queue_size=4)
    await process.start()
    async with process.request({"language": "es"}, body=audio, deadline=Deadline(90)) as replies:
        async for reply in replies:
            print(reply.data)
    await process.close()
"""

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
