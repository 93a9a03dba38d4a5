"""Files to samples: lengths judged by what is in them, and files that lie."""

import io
import struct
import wave

import pytest

pytest.importorskip("av", reason="the extra `voice` is not installed")

import numpy as np
from munbot_llm.processes.child import Refusal
from munbot_llm.voice.decoding import SAMPLE_RATE, decode


def wav(seconds, *, rate=8000, channels=1, hertz=440):
    times = np.arange(int(seconds * rate)) / rate
    tone = (np.sin(2 * np.pi * hertz * times) * 8000).astype("<i2")
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.repeat(tone, channels).tobytes())
    return target.getvalue()


def refusal_of(audio, container="wav", max_seconds=60.0):
    with pytest.raises(Refusal) as caught:
        decode(audio, container, max_seconds=max_seconds)
    return caught.value.code


@pytest.mark.parametrize(("rate", "channels"), [(8000, 1), (16000, 1), (48000, 2), (44100, 2)])
def test_any_rate_becomes_mono_of_16_khz(rate, channels):
    samples = decode(wav(2.0, rate=rate, channels=channels), "wav", max_seconds=60)
    assert samples.dtype == np.float32
    assert len(samples) / SAMPLE_RATE == pytest.approx(2.0, abs=0.05)
    assert 0.2 < np.abs(samples).max() < 0.3
    crossings = np.count_nonzero(np.diff(np.signbit(samples[1000:-1000])))
    assert crossings / (len(samples) - 2000) * SAMPLE_RATE == pytest.approx(880, rel=0.02)  # the tone is 440 Hz


@pytest.mark.parametrize(("seconds", "taken"), [(59, True), (60, True), (60.4, True), (60.7, False), (600, False)])
def test_length_is_judged_by_the_sound(seconds, taken):
    if taken:
        assert len(decode(wav(seconds), "wav", max_seconds=60)) == pytest.approx(seconds * SAMPLE_RATE, rel=0.001)
    else:
        assert refusal_of(wav(seconds)) == "audio_too_long"


def test_a_header_that_says_less_than_there_is_is_not_believed():
    long = bytearray(wav(100))
    struct.pack_into("<I", long, 40, 0xFFFFFFFF)  # a length that says: until the end
    assert refusal_of(bytes(long)) == "audio_too_long"


@pytest.mark.parametrize("rate", [1, 100, 3999, 250_000])
def test_rates_that_nobody_records_in_are_refused(rate):
    sound = bytearray(wav(1.0))
    struct.pack_into("<I", sound, 24, rate)  # one second at 8,000 Hz is two hours at 1 Hz
    assert refusal_of(bytes(sound)) == "audio_unreadable"


@pytest.mark.parametrize("container", ["ogg", "matroska", "mov", "wav", "mp3", "aac", "amr"])
@pytest.mark.parametrize("content", [b"", b"\x00" * 5000, b"hola" * 1000, bytes(range(256)) * 20])
def test_what_is_no_audio_is_refused(container, content):
    assert refusal_of(content, container) == "audio_unreadable"


def test_no_sound_at_all_is_refused():
    assert refusal_of(wav(0)) == "audio_unreadable"
    assert refusal_of(wav(0.05)) == "audio_unreadable"
