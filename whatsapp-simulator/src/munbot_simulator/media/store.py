"""Keeps files in memory, up to a limit."""

import base64
import hashlib
import hmac
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field

from munbot_common.clock import Clock

from munbot_simulator.media.kinds import MediaKind

URL_SECONDS = 300
"""Meta's address of a file is good for five minutes; after that it has to be asked for again."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file. `filename` as its sender named it; `seconds` of sound."""

    id: str
    kind: MediaKind
    content_type: str
    data: bytes = field(repr=False)
    filename: str | None = None
    voice: bool = False
    seconds: int | None = None

    @property
    def sha256(self) -> str:
        """The digest as webhooks carry it."""
        return base64.b64encode(hashlib.sha256(self.data).digest()).decode()

    @property
    def hex_sha256(self) -> str:
        """The digest as the Graph API carries it."""
        return hashlib.sha256(self.data).hexdigest()


class MediaStore:
    """All files of telephones and offices.

    Args:
        max_bytes: of all together; the oldest make room.
        secret: signs the addresses of files.
        clock: the time of day.
    """

    def __init__(self, *, max_bytes: int, secret: str, clock: Clock) -> None:
        self._max_bytes = max_bytes
        self._secret = secret.encode()
        self._clock = clock
        self._files: OrderedDict[str, StoredFile] = OrderedDict()
        self._bytes = 0

    def add(
        self,
        kind: MediaKind,
        content_type: str,
        data: bytes,
        *,
        filename: str | None = None,
        voice: bool = False,
        seconds: int | None = None,
    ) -> StoredFile:
        """Keep a file; returns it with its id."""
        file_id = str(secrets.randbelow(9 * 10**15) + 10**15)
        stored = StoredFile(file_id, kind, content_type, data, filename=filename, voice=voice, seconds=seconds)
        self._files[stored.id] = stored
        self._bytes += len(data)
        while self._bytes > self._max_bytes and len(self._files) > 1:
            _, oldest = self._files.popitem(last=False)
            self._bytes -= len(oldest.data)
        return stored

    def get(self, file_id: str) -> StoredFile | None:
        """Return a file; None when there is none, or none any more."""
        return self._files.get(file_id)

    def path(self, file_id: str) -> str:
        """Return the path that the file can be fetched from for some minutes."""
        expires = int(self._clock().timestamp()) + URL_SECONDS
        return f"/media/{file_id}/content?ext={expires}&hash={self._hash(file_id, expires)}"

    def is_good(self, file_id: str, expires: int, given: str) -> bool:
        """Whether an address was made by `path`, and not too long ago."""
        if expires < self._clock().timestamp():
            return False
        return hmac.compare_digest(self._hash(file_id, expires).encode(), given.encode())

    def _hash(self, file_id: str, expires: int) -> str:
        return hmac.new(self._secret, f"{file_id}\0{expires}".encode(), hashlib.sha256).hexdigest()
