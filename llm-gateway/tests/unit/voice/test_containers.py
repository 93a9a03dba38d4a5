"""What is taken for audio, by its first bytes, and an Ogg file that was cut off."""

from pathlib import Path

import pytest
from munbot_llm.voice.containers import container_of, is_cut_off

NOTE = (Path(__file__).parents[2] / "fixtures" / "persona.ogg").read_bytes()


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01", "matroska"),
        (b"\x00\x00\x00\x20ftypM4A \x00", "mov"),
        (b"RIFF\x24\x08\x00\x00WAVEfmt ", "wav"),
        (b"ID3\x04\x00\x00", "mp3"),
        (b"\xff\xfb\x90\x00", "mp3"),
        (b"\xff\xf1\x50\x80", "aac"),
        (b"#!AMR\n\x3c", "amr"),
        (b"#!AMR-WB\n\x3c", "amr"),
    ],
)
def test_audio_is_known_by_its_first_bytes(head, name):
    assert container_of(head + b"\x00" * 64) == name


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"O",
        b"%PDF-1.7\n",
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\x24\x08\x00\x00WEBPVP8 ",
        b"#EXTM3U\n#EXT-X-TARGETDURATION:10\nhttp://127.0.0.1/x.ts\n",  # a list of addresses is never opened
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"<html>OggS</html>",
        "hola, ¿cómo está?".encode(),
    ],
)
def test_anything_else_is_not(content):
    assert container_of(content) is None


def test_a_whole_note_is_whole():
    assert container_of(NOTE) == "ogg"
    assert container_of(NOTE + NOTE) == "ogg"  # chained, as the format allows


def test_a_note_cut_anywhere_within_a_page_is_cut_off():
    whole_at = {length for length in range(len(NOTE) + 1) if not is_cut_off(NOTE[:length])}
    pages = [index for index in range(len(NOTE)) if NOTE.startswith(b"OggS\x00", index)]
    assert whole_at == {*pages, len(NOTE)}
    assert container_of(NOTE[: len(NOTE) // 2]) is None
