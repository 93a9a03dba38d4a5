"""The servers that benchmarks/models.py compares, each in a process of its own, and the engine called directly."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from munbot_common.auth import Role, TokenSigner

HERE = Path(__file__).parent
CONTEXT_TOKENS = 2048
QUEUE = 16
READY_SECONDS = 180
MODEL = "bench"


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


@contextlib.contextmanager
def gateway(engine: Path, model: Path) -> Iterator[SimpleNamespace]:
    """The gateway's model routes: address, headers, model name."""
    private, public = _key_pair()
    port = free_port()
    environment = {
        **os.environ,
        "PORT": str(port),
        "BENCH_PUBLIC_KEY": public,
        "LLM_ENGINE_PATH": str(engine),
        "LLM_MODEL_PATH": str(model),
        "LLM_CONTEXT_TOKENS": str(CONTEXT_TOKENS),
        "LLM_QUEUE_SIZE": str(QUEUE),
        "LLM_DEADLINE_SECONDS": "600",
    }
    with _process([sys.executable, str(HERE / "model_gateway.py")], environment) as process:
        found = SimpleNamespace(
            url=f"http://127.0.0.1:{port}", headers=_headers(private), model=model.stem, pid=process.pid
        )
        _until_ready(found, process)
        yield found


@contextlib.contextmanager
def llama_server(
    engine: Path, extras: Path, model: Path, threads: int, *, interrupt: bool
) -> Iterator[SimpleNamespace]:
    """llama_cpp.server with the same model, context and threads."""
    port = free_port()
    command = [sys.executable, "-m", "llama_cpp.server", "--model", str(model), "--port", str(port)]
    command += ["--model_alias", MODEL, "--n_ctx", str(CONTEXT_TOKENS), "--n_threads", str(threads)]
    command += ["--n_threads_batch", str(threads), "--interrupt_requests", str(interrupt)]
    paths = os.pathsep.join([str(engine), str(extras)])
    with _process(command, {**os.environ, "PYTHONPATH": paths}) as process:
        found = SimpleNamespace(url=f"http://127.0.0.1:{port}", headers={}, model=MODEL)
        _until_ready(found, process)
        yield found


@contextlib.contextmanager
def direct(engine: Path, model: Path, threads: int) -> Iterator[Callable[[dict[str, Any], str], dict[str, float]]]:
    """A callable that gives one request to llama_cpp in a process of its own: (request, how) → times."""
    command = [sys.executable, str(HERE / "model_direct.py"), str(model), str(threads), str(CONTEXT_TOKENS)]
    environment = {**os.environ, "PYTHONPATH": str(engine)}
    process = subprocess.Popen(  # noqa: S603 - this folder's own program
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )

    def ask(request: dict[str, Any], how: str) -> dict[str, float]:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps({**request, "how": how}) + "\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())

    try:
        yield ask
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def _process(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, env=environment, stdout=quiet, stderr=quiet)  # noqa: S603 - made above
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _until_ready(server: SimpleNamespace, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(httpx.HTTPError, KeyError):
            models = httpx.get(f"{server.url}/v1/models", headers=server.headers).json()["data"]
            if models:
                return
        time.sleep(0.2)
    sys.exit(f"{server.url} did not become ready")


def _key_pair() -> tuple[str, str]:
    key = Ed25519PrivateKey.generate()
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    public = key.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


def _headers(private_key: str) -> dict[str, str]:
    signer = TokenSigner(private_key)
    token = signer.issue(subject="bench", role=Role.AGENT, tenant="bench", lifetime=timedelta(hours=2))
    return {"Authorization": f"Bearer {token}"}
