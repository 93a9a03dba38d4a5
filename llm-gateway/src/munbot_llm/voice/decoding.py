"""Audio files to samples. Runs in the child only: a file that crashes the decoder takes nothing else with it."""

import io

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.error import FFmpegError
from numpy.typing import NDArray

from munbot_llm.processes.child import Refusal

SAMPLE_RATE = 16_000  # Hz, what the model hears
MIN_SECONDS = 0.1
TOLERANCE_SECONDS = 0.5  # a note of a minute may be some frames longer
_RATES = range(4_000, 192_001)  # Hz; a "rate" of 1 Hz would blow one frame up to hours

Samples = NDArray[np.float32]


def decode(audio: bytes, container: str, *, max_seconds: float) -> Samples:
    """Return a file's sound as mono samples of 16 kHz, -1 to 1.

    No more than `max_seconds` and a second is ever decoded, whatever the file says of its length.

    Args:
        audio: the file.
        container: FFmpeg's name of its format. It is never guessed: some formats are lists of other addresses.
        max_seconds: how long it may be.

    Raises:
        Refusal: `audio_unreadable`, `audio_too_long`.
    """
    try:
        chunks, too_long = _decode(audio, container, limit=int((max_seconds + 1) * SAMPLE_RATE))
    except (FFmpegError, ValueError, ArithmeticError, MemoryError) as error:
        code = "audio_unreadable"
        raise Refusal(code) from error
    samples = np.concatenate(chunks) if chunks else np.zeros(0, np.int16)
    if too_long or len(samples) > (max_seconds + TOLERANCE_SECONDS) * SAMPLE_RATE:
        code = "audio_too_long"
        raise Refusal(code, f"El audio dura más de {max_seconds:g} segundos", extra={"max_seconds": max_seconds})
    if len(samples) < MIN_SECONDS * SAMPLE_RATE:
        code = "audio_unreadable"
        raise Refusal(code)
    return samples.astype(np.float32) / 32768.0


def _decode(audio: bytes, container: str, *, limit: int) -> tuple[list[NDArray[np.int16]], bool]:
    resampler = AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
    chunks: list[NDArray[np.int16]] = []
    count = 0

    def keep(frame: AudioFrame | None) -> int:
        heard = [part.to_ndarray().reshape(-1).astype(np.int16, copy=False) for part in resampler.resample(frame)]
        chunks.extend(heard)
        return sum(len(part) for part in heard)

    with av.open(io.BytesIO(audio), "r", format=container, metadata_errors="ignore") as opened:
        if not opened.streams.audio:
            return [], False
        stream = opened.streams.audio[0]
        for packet in opened.demux(stream):
            try:
                frames = packet.decode()
            except av.error.InvalidDataError:
                continue  # a damaged packet costs its 20 milliseconds
            for frame in frames:
                if frame.sample_rate not in _RATES:
                    return [], False
                frame.pts = None
                count += keep(frame)
                if count > limit:
                    return [], True
    keep(None)
    return chunks, False
