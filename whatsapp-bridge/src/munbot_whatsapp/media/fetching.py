"""A citizen's file, read from the provider up to a limit."""

from dataclasses import dataclass

from munbot_whatsapp.events import MediaReceived
from munbot_whatsapp.media.kinds import HEAD_BYTES, FileKind, kind_of
from munbot_whatsapp.providers.base import Account, MediaRef, MediaUnavailable, Provider


@dataclass(frozen=True, slots=True)
class CitizenFile:
    """A file and what it is."""

    kind: FileKind
    data: bytes


def fetch(provider: Provider, account: Account, wanted: MediaReceived, *, max_bytes: int) -> CitizenFile:
    """Return a citizen's file. What nobody wants is not read to its end.

    Args:
        provider: the account's.
        account: with its credentials.
        wanted: what the webhook said of it.
        max_bytes: of a file that is taken.

    Raises:
        MediaUnavailable: too large, of a kind that is not taken, or not to be had.
    """
    if wanted.size is not None and wanted.size > max_bytes:
        raise MediaUnavailable("too_large")
    reference = MediaRef(**wanted.model_dump(include=set(MediaRef.__slots__)))
    data = bytearray()
    kind: FileKind | None = None
    with provider.fetch(account, reference) as fetched:
        if fetched.size is not None and fetched.size > max_bytes:
            raise MediaUnavailable("too_large")
        for piece in fetched.pieces:
            data += piece
            if len(data) > max_bytes:
                raise MediaUnavailable("too_large")
            if kind is None and len(data) >= HEAD_BYTES:
                kind = _taken(bytes(data[:HEAD_BYTES]), wanted)
    return CitizenFile(kind or _taken(bytes(data[:HEAD_BYTES]), wanted), bytes(data))


def _taken(head: bytes, wanted: MediaReceived) -> FileKind:
    kind = kind_of(head, wanted.kind)
    if kind is None:
        raise MediaUnavailable("type_unsupported")
    return kind
