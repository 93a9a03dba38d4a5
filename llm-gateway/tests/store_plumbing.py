"""A bucket of a test's own, and a door in front of the object store that can be shut."""

import contextlib
import secrets
import selectors
import socket
import threading
import time
from urllib.parse import urlsplit

from minio import Minio
from minio.deleteobjects import DeleteObject
from minio.error import S3Error

DEADLINE_SECONDS = 60


def until(what, seconds=DEADLINE_SECONDS):
    """Ask again and again until the answer is true; return it."""
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.05)
    return found


def minio_client(s3):
    """Return a client of the object store."""
    endpoint, access, secret = s3
    parts = urlsplit(endpoint)
    return Minio(parts.netloc, access, secret, secure=parts.scheme == "https", region="us-east-1")


def bucket_name():
    """Return a name that nobody has."""
    return f"t-{secrets.token_hex(6)}"


def remove_bucket(client, name):
    """Remove a bucket with all versions of everything in it."""
    with contextlib.suppress(S3Error):
        empty_bucket(client, name)
        client.remove_bucket(name)


def empty_bucket(client, name):
    """Remove all versions of everything in a bucket."""
    found = client.list_objects(name, recursive=True, include_version=True)
    for error in client.remove_objects(name, (DeleteObject(item.object_name, item.version_id) for item in found)):
        raise AssertionError(error)


class Door:
    """A TCP port that leads to another one, while it is open."""

    def __init__(self, target):
        parts = urlsplit(target)
        self._target = (parts.hostname, parts.port)
        self._listener = None
        self._pairs = []
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def open(self):
        listener = socket.create_server(("127.0.0.1", self.port))
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def shut(self):
        """Refuse callers, and drop those inside."""
        if self._listener is not None:
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        for one in self._pairs:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self._pairs.clear()

    def _accept(self, listener):
        while True:
            try:
                caller, _ = listener.accept()
            except OSError:
                return
            server = socket.create_connection(self._target)
            self._pairs += [caller, server]
            threading.Thread(target=self._pass, args=(caller, server), daemon=True).start()

    @staticmethod
    def _pass(caller, server):
        with caller, server, selectors.DefaultSelector() as selector, contextlib.suppress(OSError):
            selector.register(caller, selectors.EVENT_READ, server)
            selector.register(server, selectors.EVENT_READ, caller)
            while True:
                for key, _ in selector.select():
                    data = key.fileobj.recv(65536)
                    if not data:
                        return
                    key.data.sendall(data)
