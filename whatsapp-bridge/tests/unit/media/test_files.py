"""What a citizen's file is, and how much of it is read."""

from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from munbot_whatsapp.events import MediaReceived
from munbot_whatsapp.media.fetching import fetch
from munbot_whatsapp.media.kinds import kind_of
from munbot_whatsapp.providers.base import Fetched, MediaUnavailable

JPEG = b"\xff\xd8\xff\xe0" + bytes(200)
OGG = b"OggS" + bytes(200)
PDF = b"%PDF-1.7\n" + bytes(200)


@pytest.mark.parametrize(
    ("head", "sent_as", "content_type"),
    [
        (JPEG, "image", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image", "image/png"),
        (b"RIFF\x00\x00\x00\x00WEBP", "image", "image/webp"),
        (b"\x00\x00\x00\x18ftypheic", "image", "image/heic"),
        (OGG, "audio", "audio/ogg"),
        (b"#!AMR\n", "audio", "audio/amr"),
        (b"\x00\x00\x00\x18ftypM4A ", "audio", "audio/mp4"),
        (b"\x00\x00\x00\x18ftyp3gp4", "audio", "audio/mp4"),
        (b"RIFF\x00\x00\x00\x00WAVE", "audio", "audio/wav"),
        (b"\x1aE\xdf\xa3", "audio", "audio/webm"),
        (b"\xff\xf1\x50", "audio", "audio/aac"),
        (b"ID3\x04", "audio", "audio/mpeg"),
        (b"\xff\xfb\x90", "audio", "audio/mpeg"),
        (PDF, "document", "application/pdf"),
        (JPEG, "document", "image/jpeg"),
    ],
)
def test_a_file_is_what_its_first_bytes_are(head, sent_as, content_type):
    assert kind_of(head, sent_as).content_type == content_type


@pytest.mark.parametrize(
    ("head", "sent_as"),
    [
        (b"<html><script>", "image"),
        (b"MZ\x90\x00", "document"),
        (b"PK\x03\x04", "document"),
        (PDF, "image"),
        (OGG, "image"),
        (JPEG, "audio"),
        (b"<svg xmlns", "image"),
        (b"", "audio"),
    ],
)
def test_other_files_are_not_taken(head, sent_as):
    assert kind_of(head, sent_as) is None


@given(st.binary(max_size=64), st.sampled_from(["image", "audio", "document"]))
def test_any_bytes_can_be_looked_at(head, sent_as):
    kind = kind_of(head, sent_as)
    assert kind is None or kind.extension


class Provider:
    def __init__(self, *pieces, size=None):
        self.given, self._pieces, self._size = 0, pieces, size

    @contextmanager
    def fetch(self, account, media):
        self.asked = media

        def pieces():
            for piece in self._pieces:
                self.given += 1
                yield piece

        yield Fetched("application/octet-stream", self._size, pieces())


def wanted(**fields):
    given = {"message_id": "019358f0-2a6b-7b51-8f5e-0c8f6a1f2d11", "account": "a", "address": "569", "ref": "9"}
    return MediaReceived(**{**given, "kind": "image", **fields})


def test_a_file_is_read_whole():
    provider = Provider(JPEG[:3], JPEG[3:], b"more")
    file = fetch(provider, None, wanted(url="https://x", sha256="abc", seconds=4), max_bytes=1000)
    assert (file.data, file.kind.content_type) == (JPEG + b"more", "image/jpeg")
    assert (provider.asked.ref, provider.asked.url, provider.asked.sha256) == ("9", "https://x", "abc")


def test_a_tiny_file_is_looked_at_too():
    assert fetch(Provider(b"%PDF-1.4"), None, wanted(kind="document"), max_bytes=100).kind.extension == "pdf"


@pytest.mark.parametrize(
    ("provider", "fields", "read"),
    [
        (Provider(JPEG), {"size": 1001}, 0),
        (Provider(JPEG, size=1001), {}, 0),
        (Provider(JPEG, bytes(500), bytes(500), bytes(500)), {}, 3),
    ],
)
def test_too_large_a_file_is_not_read_to_its_end(provider, fields, read):
    with pytest.raises(MediaUnavailable) as refused:
        fetch(provider, None, wanted(**fields), max_bytes=1000)
    assert (refused.value.problem, refused.value.temporary, provider.given) == ("too_large", False, read)


def test_a_file_that_nobody_takes_is_not_read_to_its_end():
    provider = Provider(b"MZ" + bytes(200), bytes(200))
    with pytest.raises(MediaUnavailable) as refused:
        fetch(provider, None, wanted(content_type="image/jpeg"), max_bytes=1000)
    assert (refused.value.problem, provider.given) == ("type_unsupported", 1)


def test_an_empty_file_is_not_taken():
    with pytest.raises(MediaUnavailable, match="type_unsupported"):
        fetch(Provider(), None, wanted(), max_bytes=1000)
