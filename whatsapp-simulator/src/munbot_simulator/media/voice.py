"""Whatever a browser records, as the OGG/Opus of a voice note."""

import io
import re

import av
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.error import FFmpegError

CONTENT_TYPE = "audio/ogg; codecs=opus"
MAX_SECONDS = 15 * 60
_RATE = 48_000
_BIT_RATE = 24_000
_CONTAINERS: tuple[tuple[str, re.Pattern[bytes]], ...] = (
    ("ogg", re.compile(rb"OggS\x00")),
    ("matroska", re.compile(rb"\x1a\x45\xdf\xa3")),  # webm: Chromium and Firefox
    ("mov", re.compile(rb"....ftyp", re.DOTALL)),  # mp4: Safari
    ("wav", re.compile(rb"RIFF....WAVE", re.DOTALL)),
    ("mp3", re.compile(rb"ID3|\xff[\xe2\xe3\xf2\xf3\xfa\xfb]")),
    ("aac", re.compile(rb"\xff[\xf0\xf1\xf8\xf9]")),
)


class NoSound(Exception):
    """The file has no sound that can be read, or hours of it."""


def to_voice_note(recorded: bytes) -> tuple[bytes, int]:
    """Return a recording as OGG/Opus, and its length in seconds. What is OGG/Opus already stays as it is.

    Raises:
        NoSound: it cannot be read.
    """
    # Never guessed from the whole: some of FFmpeg's formats are lists of other addresses.
    container = next((name for name, magic in _CONTAINERS if magic.match(recorded)), None)
    if container is None:
        raise NoSound
    try:
        if container == "ogg" and b"OpusHead" in recorded[:128]:
            return recorded, _seconds(recorded)
        return _encode(recorded, container)
    except (FFmpegError, ValueError, ArithmeticError, MemoryError) as error:
        raise NoSound from error


def _seconds(ogg: bytes) -> int:
    with av.open(io.BytesIO(ogg), "r", format="ogg") as opened:
        return round((opened.duration or 0) / av.time_base)


def _encode(recorded: bytes, container: str) -> tuple[bytes, int]:
    target = io.BytesIO()
    samples = 0
    with (
        av.open(io.BytesIO(recorded), "r", format=container, metadata_errors="ignore") as source,
        av.open(target, "w", format="ogg") as note,
    ):
        if not source.streams.audio:
            raise NoSound
        output = note.add_stream("libopus", rate=_RATE, layout="mono", options={"b": str(_BIT_RATE)})
        resampler = AudioResampler(format="s16", layout="mono", rate=_RATE)

        def write(frame: AudioFrame | None) -> int:
            count = 0
            for part in resampler.resample(frame):
                count += part.samples
                note.mux(output.encode(part))
            return count

        for frame in source.decode(source.streams.audio[0]):
            frame.pts = None
            samples += write(frame)
            if samples > MAX_SECONDS * _RATE:
                raise NoSound
        samples += write(None)
        if samples == 0:
            raise NoSound
        note.mux(output.encode(None))
    return target.getvalue(), max(1, round(samples / _RATE))
