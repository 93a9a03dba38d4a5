"""How fast, how heavy and how right voice notes are heard, by the real child process.

    apt-get install espeak-ng ffmpeg
    .venv/bin/python llm-gateway/benchmarks/voice.py [--json FILE]

The voice is espeak-ng's, which is hard for a speech model: the word error rate compares settings and models with each
other, and says little about people.
"""

import argparse
import asyncio
import io
import json
import os
import re
import signal
import statistics
import sys
import tempfile
import time
import unicodedata
import wave
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from munbot_common.logs import configure_logging
from munbot_llm.settings import VoiceSettings
from munbot_llm.voice.service import VoiceService

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "tests" / "fixtures"))
SENTENCES = (HERE / "voice_sentences.txt").read_text(encoding="utf-8").splitlines()
NOTES = {5: 10, 15: 10, 60: 5}  # seconds: how many notes
TICKS = os.sysconf("SC_CLK_TCK")
RATE = 16_000


def main() -> None:
    """Measure, print, and write what was asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    configure_logging("voice-benchmark", "ERROR")
    figures = asyncio.run(_measure())
    for name, value in figures.items():
        print(f"{name:32} {value}")
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")


async def _measure() -> dict[str, Any]:
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        notes = _spoken(Path(folder))
        service = VoiceService(VoiceSettings(voice_max_seconds=61), Path(folder))
        await service.start()
        started = time.monotonic()
        await service.transcribe(notes[0])
        figures["first note, model joined, s"] = round(time.monotonic() - started, 2)
        figures["word error rate (synthetic)"] = await _word_errors(service, notes)
        samples = b"".join(_pcm(note) for note in notes)
        figures |= await _times(service, samples)
        figures |= _memory(service.pid)
        figures |= await _healing(service, notes[0])
        await service.close()
    return figures


def _spoken(folder: Path) -> list[bytes]:
    from make_voice_notes import speak  # noqa: PLC0415 - found beside the fixtures

    notes = []
    for number, sentence in enumerate(SENTENCES):
        target = folder / f"{number}.ogg"
        speak(sentence, target)
        notes.append(target.read_bytes())
    return notes


async def _word_errors(service: VoiceService, notes: Sequence[bytes]) -> float:
    wrong = total = 0
    for sentence, note in zip(SENTENCES, notes, strict=True):
        said, heard = _words(sentence), _words((await service.transcribe(note)).text)
        wrong, total = wrong + _distance(said, heard), total + len(said)
    return round(wrong / total, 3)


async def _times(service: VoiceService, samples: bytes) -> dict[str, Any]:
    """Return wall and processor times of notes of several lengths. With one thread they are equal on a calm machine."""
    figures: dict[str, Any] = {}
    position = 0
    for seconds, count in NOTES.items():
        size = seconds * RATE * 2
        walls, cpus = [], []
        for _ in range(count):
            note = _wav((samples * 2)[position : position + size])
            position = (position + size) % len(samples)
            started, used = time.monotonic(), _cpu_seconds(service.pid)
            await service.transcribe(note)
            walls.append(time.monotonic() - started)
            cpus.append(_cpu_seconds(service.pid) - used)
        for kind, took in (("wall", walls), ("processor", cpus)):
            ordered = sorted(took)
            figures[f"{seconds} s note, {kind} p50, s"] = round(statistics.median(ordered), 2)
            figures[f"{seconds} s note, {kind} p95, s"] = round(ordered[min(count - 1, round(0.95 * count))], 2)
        figures[f"{seconds} s note, processor s per s"] = round(sum(cpus) / (seconds * count), 3)
    figures["load of the machine"] = round(os.getloadavg()[0], 1)
    return figures


async def _healing(service: VoiceService, note: bytes) -> dict[str, Any]:
    """Return the time from kill -9 until the next child is ready."""
    if service.pid is None:
        return {}
    os.kill(service.pid, signal.SIGKILL)
    started = time.monotonic()
    while service.condition().state == "ready":  # noqa: ASYNC110 - no event tells a benchmark
        await asyncio.sleep(0.005)
    while service.condition().state != "ready":  # noqa: ASYNC110
        await asyncio.sleep(0.005)
    healed = time.monotonic() - started
    await service.transcribe(note)
    return {"ready again after kill -9, s": round(healed, 2)}


def _memory(pid: int | None) -> dict[str, Any]:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    fields = dict(line.split(":", 1) for line in lines)
    return {
        "child, MB": int(fields["VmRSS"].split()[0]) // 1024,
        "child at its most, MB": int(fields["VmHWM"].split()[0]) // 1024,
    }


def _cpu_seconds(pid: int | None) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _pcm(ogg: bytes) -> bytes:
    import av  # noqa: PLC0415 - beside its only use

    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    with av.open(io.BytesIO(ogg)) as opened:
        return b"".join(
            part.to_ndarray().tobytes() for frame in opened.decode(audio=0) for part in resampler.resample(frame)
        )


def _wav(samples: bytes) -> bytes:
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples)
    return target.getvalue()


def _words(text: str) -> list[str]:
    bare = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))
    return re.findall(r"\w+", bare)


def _distance(said: Sequence[str], heard: Sequence[str]) -> int:
    """Return how many words must be put in, left out or changed."""
    row = list(range(len(heard) + 1))
    for index, word in enumerate(said, 1):
        corner, row[0] = row[0], index
        for column, other in enumerate(heard, 1):
            corner, row[column] = row[column], min(row[column] + 1, row[column - 1] + 1, corner + (word != other))
    return row[-1]


if __name__ == "__main__":
    main()
