"""The service as its own process: large uploads, kill -9, a restart."""

import os
import socket
import subprocess
import sys

import httpx
import psutil
import pytest
from store_plumbing import until

MEGABYTE = 1024 * 1024
PIECE = os.urandom(MEGABYTE)
QUESTION = "¿de cuánto es la multa por pasear al perro sin correa?"
TEXT = "# Mascotas\n\n## Paseos\n\nPasear un perro sin correa se multa con 2 UTM."


class Process:
    """`python -m munbot_llm api` on a port of its own."""

    def __init__(self, environment, port, log):
        self._environment = environment
        self._log = log
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60)

    def start(self):
        with self._log.open("ab") as log:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "munbot_llm", "api"], env=self._environment, stdout=log, stderr=log
            )
        until(self._ready)

    def kill(self):
        self._child.kill()
        self._child.wait()

    @property
    def memory(self):
        return psutil.Process(self._child.pid).memory_info().rss

    def _ready(self):
        assert self._child.poll() is None, self._log.read_text()
        try:
            return self.client.get("/readyz").status_code == 200
        except httpx.TransportError:
            return False


@pytest.fixture(scope="module")
def temporary(tmp_path_factory):
    """Where the process puts uploads on their way in."""
    return tmp_path_factory.mktemp("uploads")


@pytest.fixture(scope="module")
def process(settings, store, temporary, tmp_path_factory):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environment = os.environ | {
        "S3_ENDPOINT": settings.s3_endpoint,
        "S3_ACCESS_KEY": settings.s3_access_key.get_secret_value(),
        "S3_SECRET_KEY": settings.s3_secret_key.get_secret_value(),
        "KNOWLEDGE_BUCKET": settings.knowledge_bucket,
        "JWT_PUBLIC_KEY": settings.jwt_public_key,
        "SERVICE_TOKEN": settings.service_token.get_secret_value(),
        "CONVERSATIONS_URL": settings.conversations_url,
        "DATA_DIR": str(settings.data_dir),
        "UPLOAD_MAX_BYTES": str(4 * MEGABYTE),
        "MUNBOT_MODE": "demo",
        "PORT": str(port),
        "TMPDIR": str(temporary),
    }
    process = Process(environment, port, tmp_path_factory.mktemp("logs") / "api.log")
    process.start()
    yield process
    process.kill()


HEAD = b'--x\r\nContent-Disposition: form-data; name="file"; filename="grande.pdf"\r\n\r\n'
TAIL = b"\r\n--x--\r\n"


def _multipart(pieces):
    """A body with a file of so many megabytes, piece by piece; counts what was asked for."""
    yield HEAD
    for _ in range(pieces):
        _multipart.sent += MEGABYTE
        yield PIECE
    yield TAIL


@pytest.mark.parametrize("announced", [True, False], ids=["announced", "chunked"])
def test_200_megabytes_are_refused_at_once_and_never_in_memory(
    process, as_, announced, minio, bucket, tenant, temporary
):
    headers = as_("admin") | {"Content-Type": "multipart/form-data; boundary=x"}
    if announced:
        headers["Content-Length"] = str(len(HEAD) + 200 * MEGABYTE + len(TAIL))
    before, _multipart.sent = process.memory, 0
    try:
        answer = process.client.post("/v1/knowledge/documents", headers=headers, content=_multipart(200))
    except httpx.TransportError:  # it hung up on us in the middle, which is an answer too
        assert _multipart.sent < 100 * MEGABYTE
    else:
        assert (answer.status_code, answer.json()["code"]) == (413, "document_too_large")
    assert process.memory - before < 24 * MEGABYTE
    assert process.client.get("/readyz").status_code == 200
    assert list(minio.list_objects(bucket, prefix=f"{tenant}/", recursive=True)) == []
    assert list(temporary.iterdir()) == []


def test_a_caller_without_a_token_is_refused_before_the_file(process):
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    _multipart.sent = 0
    try:
        answer = process.client.post("/v1/knowledge/documents", headers=headers, content=_multipart(200))
    except httpx.TransportError:
        assert _multipart.sent < 100 * MEGABYTE
    else:
        assert answer.status_code == 401


def test_after_kill_9_everything_is_there_again(process, as_):
    client, admin = process.client, as_("admin")
    sent = client.post("/v1/knowledge/documents", files={"file": ("mascotas.md", TEXT)}, headers=admin)
    assert sent.json()["indexed"] is True
    process.kill()
    process.start()
    answer = client.post("/v1/knowledge/search", json={"question": QUESTION}, headers=admin)
    assert "2 UTM" in answer.json()["items"][0]["text"]
    metrics = client.get("/metrics").text
    assert 'munbot_knowledge_documents{tenant="' in metrics
    assert "munbot_knowledge_index_seconds_count" in metrics


def test_killed_in_the_middle_of_an_upload_nothing_half_is_shown(process, as_):
    admin = as_("admin") | {"Content-Type": "multipart/form-data; boundary=x"}

    def half():
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="mascotas.md"\r\n\r\n'
        yield TEXT.encode()
        process.kill()
        yield b"\r\n--x--\r\n"

    with pytest.raises(httpx.TransportError):
        process.client.post("/v1/knowledge/documents", headers=admin, content=half())
    process.start()
    assert process.client.get("/v1/knowledge/documents", headers=as_("viewer")).json()["items"] == []
