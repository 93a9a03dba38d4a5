"""One life of a child process: spawned, spoken to, ended."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import suppress
from typing import Any

from munbot_common.logs import get_logger

from munbot_llm.processes import wire

log = get_logger("process")

STOP_SECONDS = 2.0
LAST_WORDS_SECONDS = 0.2  # to log what a child said before its end
MAX_LINE = 2000  # characters of the child's output in one log line

# Nothing secret reaches a process that reads other people's files.
_KEPT = frozenset({"PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "SYSTEMROOT"})
_KEPT_PREFIXES = ("PYTHON", "OMP_", "KMP_", "GGML_", "CUDA_", "NVIDIA_", "HIP_", "ROCR_", "CT2_", "COVERAGE_")


class Life:
    """A running child. `spawn` makes one; `end` leaves nothing behind."""

    def __init__(
        self,
        name: str,
        process: subprocess.Popen[bytes],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self.name = name
        self.heard = True  # something came since it was last set to False
        self.killed_because = ""
        self._process = process
        self._reader = reader
        self._writer = writer
        self._output = asyncio.create_task(self._log_output())

    @classmethod
    async def spawn(cls, name: str, module: str, environment: Mapping[str, str]) -> "Life":
        """Start `python -P -m module` with one end of a new socket (-P: nothing is imported from the current folder).

        Raises:
            OSError: the system has no room for another process.
        """
        ours, theirs = socket.socketpair()
        ours.setblocking(False)  # noqa: FBT003 - the standard library's own signature
        process = None
        try:
            # Not asyncio's own: its kill() can reap the child behind its watcher's back, which then knows no exit code.
            process = subprocess.Popen(  # noqa: ASYNC220, S603 - a few ms, as in asyncio's own; our own module
                [sys.executable, "-P", "-m", module, str(theirs.fileno()), str(os.getpid())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env={**_clean_environment(), **environment},
            )
            reader, writer = await asyncio.open_connection(sock=ours)
        except BaseException:
            ours.close()
            if process:
                process.kill()
                process.wait()
            raise
        finally:
            theirs.close()
        return cls(name, process, reader, writer)

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    def send(self, kind: str, number: int = 0, data: Mapping[str, Any] | None = None, body: bytes = b"") -> None:
        """Hand a message over, without waiting; one to a child that has died goes nowhere."""
        if not self._writer.is_closing():
            self._writer.write(wire.encode(kind, number, data, body))

    async def messages(self) -> AsyncGenerator[wire.Message, None]:
        """Yield what the child says, until its end."""
        try:
            while message := await read_message(self._reader):
                self.heard = True
                yield message
        except (OSError, ValueError) as error:
            log.error("process_speaks_nonsense", process=self.name, pid=self.pid, kind=type(error).__name__)

    def kill(self, cause: str = "") -> None:
        """End the child at once."""
        self.killed_because = self.killed_because or cause
        self._process.kill()

    async def end(self, *, grace_seconds: float = 0.0) -> int:
        """End the child, after `grace_seconds` by force; return its exit code (negative: a signal's number)."""
        self.send(wire.STOP)
        self._writer.close()
        try:
            if grace_seconds:
                with suppress(subprocess.TimeoutExpired):
                    await asyncio.to_thread(self._process.wait, grace_seconds)
        finally:
            self.kill()
            code = await asyncio.to_thread(self._process.wait)
            await asyncio.wait([self._output], timeout=LAST_WORDS_SECONDS)
            self._output.cancel()
        return code

    async def _log_output(self) -> None:
        stream = asyncio.StreamReader(limit=MAX_LINE * 4)
        pipe, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(stream), self._process.stdout
        )
        try:
            while True:
                try:
                    line = await stream.readline()
                except ValueError:  # longer than any line that means something
                    continue
                if not line:
                    return
                if text := line.decode("utf-8", "replace").strip():
                    log.warning("process_output", process=self.name, pid=self.pid, line=text[:MAX_LINE])
        finally:
            pipe.close()


async def read_message(reader: asyncio.StreamReader) -> wire.Message | None:
    """Return the next message, or None when the other side has gone.

    Raises:
        WireBroken: what came is no message.
    """
    try:
        text, body = wire.lengths(await reader.readexactly(wire.LENGTHS.size))
        content = await reader.readexactly(text + body)
    except (asyncio.IncompleteReadError, ConnectionResetError):
        return None
    return wire.decode(content[:text], content[text:])


def _clean_environment() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if k in _KEPT or k.startswith(_KEPT_PREFIXES)}
