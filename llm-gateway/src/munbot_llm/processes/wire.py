"""Messages between a parent and its child: two lengths (4 bytes each, big endian), then JSON, then raw bytes.

The JSON is `[kind, id, data]`: `kind` is one of those below, `id` the request's number (0: none), `data` an object.
"""

import json
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

LENGTHS = struct.Struct("!II")
MAX_JSON_BYTES = 16 * 1024 * 1024
MAX_BODY_BYTES = 256 * 1024 * 1024

# From the parent
LOAD = "load"
REQUEST = "request"
CANCEL = "cancel"
PING = "ping"
STOP = "stop"
# From the child
READY = "ready"
FAILED = "failed"
REPLY = "reply"
END = "end"
PROBLEM = "problem"
PONG = "pong"


class WireBroken(ConnectionError):
    """What came is no message of ours."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message; `body` holds bytes that are not JSON, such as audio."""

    kind: str
    id: int = 0
    data: dict[str, Any] = field(default_factory=dict)
    body: bytes = b""


def encode(kind: str, number: int = 0, data: Mapping[str, Any] | None = None, body: bytes = b"") -> bytes:
    """Return the bytes of a message."""
    text = json.dumps([kind, number, data or {}], ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "surrogatepass"
    )
    return LENGTHS.pack(len(text), len(body)) + text + body


def decode(text: bytes, body: bytes) -> Message:
    """Return the message of these parts."""
    kind, number, data = json.loads(text.decode("utf-8", "surrogatepass"))
    return Message(kind, number, data, body)


def lengths(header: bytes) -> tuple[int, int]:
    """Return how many bytes of JSON and of body follow a header.

    Raises:
        WireBroken: more than any message has.
    """
    text, body = LENGTHS.unpack(header)
    if text > MAX_JSON_BYTES or body > MAX_BODY_BYTES:
        raise WireBroken
    return text, body


def receive_message(connection: socket.socket) -> Message | None:
    """Return the next message, blocking; None when the other side has gone."""
    header = _receive_exactly(connection, LENGTHS.size)
    if header is None:
        return None
    text, body = lengths(bytes(header))
    content = _receive_exactly(connection, text + body)
    return None if content is None else decode(bytes(content[:text]), bytes(content[text:]))


def _receive_exactly(connection: socket.socket, count: int) -> bytearray | None:
    content = bytearray(count)
    view, got = memoryview(content), 0
    while got < count:
        try:
            read = connection.recv_into(view[got:])
        except ConnectionResetError:
            return None
        if read == 0:
            return None
        got += read
    return content
