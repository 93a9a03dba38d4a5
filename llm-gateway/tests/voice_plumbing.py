"""Voice notes for tests: in other formats, longer, broken."""

import io
import wave
from fractions import Fraction
from pathlib import Path

FIXTURES = Path(__file__).parent / "fixtures"
RATE = 16_000


def note(name):
    """Return one of the notes that `fixtures/make_voice_notes.py` makes."""
    return (FIXTURES / name).read_bytes()


def samples_of(audio):
    """Return an Ogg note's samples: mono, 16 kHz, 16 bit."""
    import av
    import numpy as np

    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    with av.open(io.BytesIO(audio)) as opened:
        frames = [part for frame in opened.decode(audio=0) for part in resampler.resample(frame)]
    return np.concatenate([frame.to_ndarray().reshape(-1) for frame in frames])


def wav_of(samples):
    """Return samples as a WAV file."""
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    return target.getvalue()


def encoded(samples, container, codec, rate=RATE):
    """Return samples in another format, as PyAV writes it."""
    import av

    target = io.BytesIO()
    with av.open(target, "w", format=container) as output:
        stream = output.add_stream(codec, rate=rate)
        stream.layout = "mono"
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = RATE
        frame.time_base = Fraction(1, RATE)
        resampler = av.AudioResampler(
            format=stream.codec_context.format, layout="mono", rate=rate, frame_size=stream.codec_context.frame_size
        )
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            for packet in stream.encode(part):
                output.mux(packet)
        for packet in stream.encode(None):
            output.mux(packet)
    return target.getvalue()


def lasting(seconds, name="persona.ogg"):
    """Return a WAV file that says a note again and again for so many seconds."""
    import numpy as np

    said = samples_of(note(name))
    count = int(seconds * RATE)
    return wav_of(np.tile(said, count // len(said) + 1)[:count])
