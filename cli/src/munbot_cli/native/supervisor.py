"""Drive one supervisord: its configuration, its life, and calls over its socket."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import xmlrpc.client
from collections.abc import Iterable
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any, cast

import psutil
from supervisor.xmlrpc import SupervisorTransport

from munbot_cli.errors import MunbotError
from munbot_cli.native.programs import Program
from munbot_cli.project import Project

__all__ = ["ProcessState", "Supervisor", "render_configuration"]

_KEPT = ("PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TMPDIR", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
_START_SECONDS = 20.0
_NOT_RUNNING_FAULT = 70  # supervisor.xmlrpc.Faults.NOT_RUNNING
_ALREADY_STARTED_FAULT = 60  # supervisor.xmlrpc.Faults.ALREADY_STARTED


@dataclass(frozen=True)
class ProcessState:
    """What supervisor knows of one process.

    Args:
        name: the program.
        state: RUNNING, STARTING, EXITED, FATAL, BACKOFF, STOPPED, STOPPING or UNKNOWN.
        pid: 0 when it does not run.
        exit_code: of the last run.
        started: seconds since the epoch.
        now: supervisor's clock.
    """

    name: str
    state: str
    pid: int
    exit_code: int
    started: int
    now: int

    @property
    def alive(self) -> bool:
        """Tell whether there is a process or soon will be."""
        return self.state in {"RUNNING", "STARTING", "BACKOFF"}


class Supervisor:
    """One supervisord, reached through its Unix socket. Calls may come from any thread."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._lock = threading.Lock()
        self._proxy: Any = None

    @property
    def answers(self) -> bool:
        """Tell whether supervisord runs and answers."""
        if not self.project.socket.exists():
            return False
        try:
            self._call("getState")
        except (OSError, xmlrpc.client.Error, HTTPException):
            return False
        return True

    def start(self, programs: Iterable[Program]) -> None:
        """Start supervisord with its programs stopped, or give a running one the new set.

        Raises:
            MunbotError: it does not come up.
        """
        configuration = self.project.run / "supervisord.conf"
        configuration.write_text(render_configuration(self.project, programs), encoding="utf-8")
        if self.answers:
            self._reload()
            return
        self.project.socket.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.project.socket.unlink(missing_ok=True)
        environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
        environment["MUNBOT_INSTANCE"] = str(self.project.data)
        result = subprocess.run(
            [sys.executable, "-m", "supervisor.supervisord", "-c", str(configuration)],
            env=environment,
            cwd=self.project.data,
            capture_output=True,
            text=True,
            check=False,
        )
        deadline = time.monotonic() + _START_SECONDS
        while not self.answers:
            if result.returncode or time.monotonic() > deadline:
                last = (result.stderr or result.stdout).strip().splitlines() or ["it does not answer"]
                raise MunbotError(f"supervisor did not start: {last[-1]}", log=self.project.log("supervisord"))
            time.sleep(0.05)

    def pid(self) -> int:
        """Give supervisord's own process id."""
        return int(self._call("getPID"))

    def states(self) -> dict[str, ProcessState]:
        """Give the state of every program by name."""
        return {entry["name"]: _state(entry) for entry in self._call("getAllProcessInfo")}

    def state(self, name: str) -> ProcessState:
        """Give the state of one program."""
        return _state(self._call("getProcessInfo", name))

    def start_program(self, name: str) -> None:
        """Ask for a program to start; return at once."""
        try:
            self._call("startProcess", name, False)  # noqa: FBT003 - XML-RPC has no keywords
        except xmlrpc.client.Fault as fault:
            if fault.faultCode != _ALREADY_STARTED_FAULT:
                raise MunbotError(f"{name} cannot start: {fault.faultString}", log=self.project.log(name)) from fault

    def stop_program(self, name: str) -> None:
        """Ask for a program to stop; return at once."""
        try:
            self._call("stopProcess", name, False)  # noqa: FBT003 - XML-RPC has no keywords
        except xmlrpc.client.Fault as fault:
            if fault.faultCode != _NOT_RUNNING_FAULT:
                raise MunbotError(f"{name} cannot stop: {fault.faultString}", log=self.project.log(name)) from fault

    def wait_stopped(self, names: Iterable[str], seconds: float) -> None:
        """Wait until programs are stopped.

        Raises:
            MunbotError: one still runs after that time.
        """
        left = set(names)
        deadline = time.monotonic() + seconds
        while left:
            states = self.states()
            left = {name for name in left if name in states and states[name].state not in _STOPPED}
            if left and time.monotonic() > deadline:
                raise MunbotError(f"{', '.join(sorted(left))} did not stop within {seconds:.0f} s")
            if left:
                time.sleep(0.05)

    def shut_down(self) -> None:
        """Stop supervisord itself, with whatever still runs under it."""
        pid = self.pid()
        self._call("shutdown")
        deadline = time.monotonic() + 60
        while psutil.pid_exists(pid) and time.monotonic() < deadline:
            time.sleep(0.05)

    def _reload(self) -> None:
        added, changed, removed = self._call("reloadConfig")[0]
        for name in [*removed, *changed]:
            self._call("stopProcessGroup", name)
            self._call("removeProcessGroup", name)
        for name in [*changed, *added]:
            self._call("addProcessGroup", name)

    def _call(self, method: str, *arguments: Any) -> Any:
        with self._lock:
            if self._proxy is None:
                transport = SupervisorTransport(None, None, f"unix://{self.project.socket}")
                self._proxy = xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport)
            try:
                return getattr(self._proxy.supervisor, method)(*arguments)
            except xmlrpc.client.Fault:
                raise
            except (OSError, HTTPException):
                self._proxy = None  # the next call opens a new connection
                raise


_STOPPED = {"STOPPED", "EXITED", "FATAL", "UNKNOWN"}


def render_configuration(project: Project, programs: Iterable[Program]) -> str:
    """Write supervisord.conf: every program is started by us, in order, never by supervisor itself."""

    def escaped(value: object) -> str:
        return str(value).replace("%", "%%")

    sections = [
        "[unix_http_server]",
        f"file={escaped(project.socket)}",
        "chmod=0600",
        "[supervisord]",
        f"logfile={escaped(project.log('supervisord'))}",
        f"pidfile={escaped(project.run / 'supervisord.pid')}",
        f"childlogdir={escaped(project.logs)}",
        f"identifier=munbot-{project.name}",
        "loglevel=info",
        "minfds=1024",
        "user=root" if os.geteuid() == 0 else "",
        "[rpcinterface:supervisor]",
        "supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface",
    ]
    for program in programs:
        sections += [
            f"[program:{program.name}]",
            f"command=/bin/sh {escaped(project.run / 'scripts' / program.name)}.sh",
            f"stdout_logfile={escaped(project.log(program.name))}",
            "stdout_logfile_maxbytes=20MB",
            "stdout_logfile_backups=2",
            "redirect_stderr=true",
            "autostart=false",
            f"autorestart={'false' if program.one_shot else 'true'}",
            "startsecs=0" if program.one_shot else "startsecs=1",
            "startretries=5",
            f"stopsignal={program.stop_signal}",
            f"stopwaitsecs={program.stop_seconds}",
            # Only the process itself is asked to stop, where it passes the wish on; what is left is killed with it.
            f"stopasgroup={'true' if program.infrastructure and program.stop_signal == 'TERM' else 'false'}",
            "killasgroup=true",
        ]
    return "\n".join(line for line in sections if line) + "\n"


def _state(entry: dict[str, Any]) -> ProcessState:
    return ProcessState(
        name=cast("str", entry["name"]),
        state=cast("str", entry["statename"]),
        pid=int(entry["pid"]),
        exit_code=int(entry["exitstatus"]),
        started=int(entry["start"]),
        now=int(entry["now"]),
    )
