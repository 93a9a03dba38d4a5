"""Ask servers whether they are ready, in their own protocols and without their client libraries."""

from __future__ import annotations

import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path

from minio import Minio
from urllib3 import PoolManager, Timeout
from urllib3.exceptions import HTTPError

from munbot_cli.native.rewrite import fill
from munbot_cli.project import Project

__all__ = ["check"]

_SECONDS = 3.0
_AMQP_GREETING = b"AMQP\x00\x00\x09\x01"


def check(
    health: Mapping[str, str | tuple[str, ...]], values: Mapping[str, str | Mapping[str, str]], project: Project
) -> str:
    """Run the checks of one program.

    Args:
        health: kind of check → its argument, with placeholders.
        values: the placeholders.
        project: the instance, for its secrets.

    Returns:
        Nothing when all pass, else the reason of the first that does not.
    """
    for kind, argument in health.items():
        try:
            if isinstance(argument, tuple):
                problem = _command([fill(part, values) for part in argument])
            else:
                problem = _CHECKS[kind](fill(argument, values) if "{" in argument else argument, project)
        except OSError as error:
            problem = f"{kind}: {error.strerror or error}"
        if problem:
            return problem
    return ""


def _http(url: str, _project: Project) -> str:
    try:
        with urllib.request.urlopen(url, timeout=_SECONDS) as response:  # noqa: S310 - loopback addresses of our own
            return "" if response.status < 400 else f"{url} answered {response.status}"
    except urllib.error.HTTPError as error:
        return f"{url} answered {error.code}"
    except urllib.error.URLError as error:
        return f"{url}: {error.reason}"


def _tcp(port: str, _project: Project) -> str:
    with socket.create_connection(("127.0.0.1", int(port)), timeout=_SECONDS):
        return ""


def _amqp(port: str, _project: Project) -> str:
    with socket.create_connection(("127.0.0.1", int(port)), timeout=_SECONDS) as connection:
        connection.sendall(_AMQP_GREETING)
        connection.settimeout(_SECONDS)
        return "" if connection.recv(1) == b"\x01" else "the broker does not greet"  # a method frame: Connection.Start


def _redis(port: str, project: Project) -> str:
    password = (project.secrets / "redis_password").read_text().strip()
    with socket.create_connection(("127.0.0.1", int(port)), timeout=_SECONDS) as connection:
        connection.settimeout(_SECONDS)
        connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
        answer = b""
        while answer.count(b"\r\n") < 2:
            part = connection.recv(200)
            if not part:
                break
            answer += part
    return "" if answer.endswith(b"+PONG\r\n") else f"redis answers {answer[:60]!r}"


def _s3(port: str, project: Project) -> str:
    client = Minio(
        f"127.0.0.1:{port}",
        (project.secrets / "s3_access_key").read_text().strip(),
        (project.secrets / "s3_secret_key").read_text().strip(),
        secure=False,
        region="us-east-1",
        http_client=PoolManager(timeout=Timeout(_SECONDS), retries=False),
    )
    try:
        list(client.list_buckets())
    except (HTTPError, ValueError) as error:
        return f"s3: {error}"
    except Exception as error:  # noqa: BLE001 - the SDK's errors have no common, public base
        return f"s3: {type(error).__name__}"
    return ""


def _filer(port: str, _project: Project) -> str:
    """Write a byte: SeaweedFS's S3 port answers before its volumes can be written."""
    url = f"http://127.0.0.1:{port}/.munbot-ready"
    try:
        request = urllib.request.Request(url, data=b"x", method="PUT")
        with urllib.request.urlopen(request, timeout=_SECONDS):  # noqa: S310 - loopback
            return ""
    except urllib.error.URLError as error:
        return f"a write to the object store failed: {error.reason}"


def _command(arguments: list[str]) -> str:
    try:
        result = subprocess.run(arguments, capture_output=True, text=True, timeout=_SECONDS * 2, check=False)
    except subprocess.TimeoutExpired:
        return f"{Path(arguments[0]).name} did not answer"
    if result.returncode == 0:
        return ""
    lines = (result.stderr or result.stdout).strip().splitlines()
    return lines[-1] if lines else f"{Path(arguments[0]).name} gave {result.returncode}"


_CHECKS: dict[str, Callable[[str, Project], str]] = {
    "http": _http,
    "tcp": _tcp,
    "mongo": _tcp,
    "amqp": _amqp,
    "redis": _redis,
    "s3": _s3,
    "filer": _filer,
}
