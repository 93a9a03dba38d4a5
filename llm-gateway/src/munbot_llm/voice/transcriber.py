"""Samples to words, by faster-whisper. Runs in the child only."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from faster_whisper import WhisperModel
from faster_whisper.transcribe import Segment

from munbot_llm.voice.decoding import Samples

COMPUTE_TYPE = "int8"


@dataclass(frozen=True, slots=True)
class Options:
    """How the model listens; docs/voice.md has the figures behind the defaults.

    Attributes:
        language: ISO 639-1, or "" to detect it.
        beam: candidates that are followed at a time.
        temperatures: the first is used; the others when the text repeats itself or is unlikely.
    """

    language: str = "es"
    beam: int = 5
    temperatures: tuple[float, ...] = (0.0, 0.4)


@dataclass(frozen=True, slots=True)
class Heard:
    """A stretch of speech: its text, seconds, mean log-probability of its words, and the chance that it is none."""

    text: str
    start: float
    end: float
    logprob: float
    no_speech: float

    def as_json(self) -> dict[str, Any]:
        """Return it as the wire carries it."""
        return asdict(self)


class Transcriber:
    """A loaded model.

    Args:
        folder: a faster-whisper (CTranslate2) model; nothing is ever fetched.
        threads: processor threads.
        options: how it listens.
    """

    def __init__(self, folder: Path, *, threads: int, options: Options) -> None:
        self._model = WhisperModel(
            str(folder), device="cpu", compute_type=COMPUTE_TYPE, cpu_threads=threads, local_files_only=True
        )
        self._options = options

    def transcribe(self, samples: Samples, cancelled: Callable[[], bool]) -> tuple[list[Heard], str]:
        """Return what was said, stretch by stretch, and the language.

        There is no initial prompt: measured, it makes the model leave sentences out. Silence is cut away first, and
        no window is told what the one before said: both keep the model from making up endings and from loops.

        Args:
            samples: mono, 16 kHz, -1 to 1.
            cancelled: asked between stretches.
        """
        segments, info = self._model.transcribe(
            samples,
            language=self._options.language or None,
            beam_size=self._options.beam,
            temperature=list(self._options.temperatures),
            condition_on_previous_text=False,
            vad_filter=True,
        )
        return list(_heard(segments, cancelled)), info.language


def _heard(segments: Iterator[Segment], cancelled: Callable[[], bool]) -> Iterator[Heard]:
    for segment in segments:
        if cancelled():
            return
        yield Heard(segment.text.strip(), segment.start, segment.end, segment.avg_logprob, segment.no_speech_prob)
