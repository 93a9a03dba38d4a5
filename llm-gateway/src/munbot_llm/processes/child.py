"""The child's side: one thread works, another listens for cancellations and for the parent's end.

A child program is a module that says how to load and how to handle a request:

    def load(configuration: dict[str, Any]) -> tuple[Handler, dict[str, Any]]:
        model = ...                                   # raise LoadFailure("checksum_mismatch") if it cannot be
        def handle(job: Job) -> Iterator[Reply]:
            for piece in model.run(job.data["text"]):
                yield Reply({"piece": piece})         # a cancelled job ends at the next yield
        return handle, {"name": "what the parent is told with `ready`"}

    if __name__ == "__main__":
        serve(load)
"""

import ctypes
import faulthandler
import os
import queue
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from munbot_llm.processes import wire

_PR_SET_PDEATHSIG = 1
_OOM_SCORE = "600"  # the kernel, short of memory, ends the model rather than the gateway


class LoadFailure(Exception):
    """The child cannot work.

    Args:
        reason: stable English code, such as `checksum_mismatch`.
        retry_seconds: when another try makes sense.
    """

    def __init__(self, reason: str, *, retry_seconds: float = 60.0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_seconds = retry_seconds


class Refusal(Exception):
    """The request cannot be answered; the parent raises the problem that it knows under this code.

    Args:
        code: a problem's code, such as `prompt_too_long`.
        detail: a sentence in Spanish, or None for the problem's own.
        extra: further members of the problem's body.
    """

    def __init__(self, code: str, detail: str | None = None, *, extra: Mapping[str, Any] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.extra = dict(extra or {})


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply of possibly many."""

    data: dict[str, Any] = field(default_factory=dict)
    body: bytes = b""


class Job:
    """A request. `cancelled` may be looked at by any thread; `on_cancel` is called by the listening one."""

    def __init__(self, number: int, data: dict[str, Any], body: bytes) -> None:
        self.number = number
        self.data = data
        self.body = body
        self._cancelled = threading.Event()
        self._on_cancel: Callable[[], None] | None = None
        self._lock = threading.Lock()

    @property
    def cancelled(self) -> bool:
        """Whether the parent has given the request up."""
        return self._cancelled.is_set()

    def when_cancelled(self, action: Callable[[], None]) -> None:
        """Call `action` upon cancellation, at once if that has come already."""
        with self._lock:
            self._on_cancel = action
            late = self.cancelled
        if late:
            action()

    def cancel(self) -> None:
        """Give the request up."""
        with self._lock:
            self._cancelled.set()
            action = self._on_cancel
        if action:
            action()


Handler = Callable[[Job], Iterable[Reply]]
Load = Callable[[dict[str, Any]], tuple[Handler, dict[str, Any]]]


def serve(load: Load) -> None:
    """Load, say so, and handle one request after the other until the parent stops or ends. Never returns."""
    faulthandler.enable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal reaches all; the parent decides
    parent = int(sys.argv[2])
    _die_with(parent)
    link = _Link(socket.socket(fileno=int(sys.argv[1])))
    threading.Thread(target=link.listen, name="listen", daemon=True).start()
    try:
        handler, about = load(link.configuration())
    except LoadFailure as failure:
        link.send(wire.FAILED, 0, {"reason": failure.reason, "retry_seconds": failure.retry_seconds})
        link.leave(0)
    except Exception:  # noqa: BLE001 - whatever a library throws while loading is a reason not to start
        traceback.print_exc()
        link.send(wire.FAILED, 0, {"reason": "load_error", "retry_seconds": 60.0})
        link.leave(1)
    link.send(wire.READY, 0, about)
    while True:
        _handle(link, handler, link.next_job())


def _handle(link: "_Link", handler: Handler, job: Job) -> None:
    """Run one job; whatever happens, exactly one END or PROBLEM closes it."""
    try:
        if not job.cancelled:
            for reply in handler(job):
                if job.cancelled:
                    break
                link.send(wire.REPLY, job.number, reply.data, reply.body)
    except Refusal as refusal:
        body = {"code": refusal.code, "detail": refusal.detail, "extra": refusal.extra}
        link.send(wire.PROBLEM, job.number, body)
    except Exception:  # noqa: BLE001 - one request's error; the next may be fine
        traceback.print_exc()
        link.send(wire.PROBLEM, job.number, {"code": "process_failed"})
    else:
        link.send(wire.END, job.number)
    finally:
        link.done(job)


def _die_with(parent: int) -> None:
    """Ask the kernel to kill this process with its parent; the end of the socket does it too, unless Python hangs."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        with suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text(_OOM_SCORE, encoding="ascii")
    if os.getppid() != parent:
        os._exit(0)


class _Link:
    """The socket to the parent, read by one thread and written by two."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._writing = threading.Lock()
        self._configuration: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
        self._open: dict[int, Job] = {}

    def configuration(self) -> dict[str, Any]:
        """Return what the parent's first message says."""
        return self._configuration.get()

    def next_job(self) -> Job:
        """Return the next request, waiting for it."""
        return self._jobs.get()

    def done(self, job: Job) -> None:
        """Forget a job."""
        self._open.pop(job.number, None)

    def send(self, kind: str, number: int = 0, data: Mapping[str, Any] | None = None, body: bytes = b"") -> None:
        """Send a message; a parent that has gone ends this process."""
        content = wire.encode(kind, number, data, body)
        try:
            with self._writing:
                self._connection.sendall(content)
        except OSError:
            self.leave(0)

    def listen(self) -> None:
        """Take the parent's messages until its end, which is this process's too."""
        try:
            while message := wire.receive_message(self._connection):
                self._take(message)
        finally:
            self.leave(0)

    def _take(self, message: wire.Message) -> None:
        match message.kind:
            case wire.PING:
                self.send(wire.PONG)
            case wire.REQUEST:
                job = Job(message.id, message.data, message.body)
                self._open[job.number] = job
                self._jobs.put(job)
            case wire.CANCEL:
                if running := self._open.get(message.id):
                    running.cancel()
            case wire.LOAD:
                self._configuration.put(message.data)
            case wire.STOP:
                self.leave(0)

    @staticmethod
    def leave(code: int) -> None:
        """End this process at once: native threads may be anywhere, and nothing here needs tidying up."""
        with suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)
