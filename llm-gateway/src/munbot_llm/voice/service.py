"""Voice notes to text: checked here, heard by a process of their own."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from munbot_llm.models.cores import model_threads
from munbot_llm.processes import Deadline, ProcessUnavailable, Stage, SupervisedProcess
from munbot_llm.settings import VoiceSettings
from munbot_llm.voice import metrics, model_files
from munbot_llm.voice.containers import container_of
from munbot_llm.voice.problems import AudioTooLong, AudioUnreadable, VoiceProcessLost, VoiceUnavailable
from munbot_llm.voice.transcript import Transcript, transcript_of

START_SECONDS = 60.0
RETRY_SECONDS = 60  # told to clients while there is no model

VoiceState = Literal["absent", "idle", "loading", "ready", "failed"]
_STATES: dict[Stage, VoiceState] = {
    Stage.ASLEEP: "idle",
    Stage.LOADING: "loading",
    Stage.READY: "ready",
    Stage.FAILED: "failed",
}


@dataclass(frozen=True, slots=True)
class VoiceCondition:
    """How voice is at the moment: `reason` is a stable code, empty while all is well."""

    state: VoiceState
    name: str = ""
    reason: str = ""


class VoiceService:
    """Transcribes one note at a time. The model's process starts with the first note and ends after a time without.

    Args:
        settings: limits, and where the model is.
        data_dir: where the packages' model is put together.
    """

    def __init__(self, settings: VoiceSettings, data_dir: Path) -> None:
        self._settings = settings
        self._model = model_files.chosen(settings.voice_model_path)
        self._data_dir = data_dir.absolute()
        self._starts = 0
        self._process = SupervisedProcess(
            "voice",
            "munbot_llm.voice.child",
            self._configuration,
            queue_size=settings.voice_queue_size,
            start_seconds=START_SECONDS,
            idle_seconds=settings.voice_idle_seconds,
            lost=VoiceProcessLost,
            problems=[AudioTooLong, AudioUnreadable],
        )

    @property
    def pid(self) -> int | None:
        """The process id of the child, while there is one."""
        return self._process.pid

    @property
    def is_busy(self) -> bool:
        """Whether a note is being heard."""
        return self._process.queue.busy

    async def start(self) -> None:
        """Be ready for the first note."""
        await self._process.start(on_demand=True)

    async def close(self) -> None:
        """Stop the child."""
        await self._process.close()

    def condition(self) -> VoiceCondition:
        """Return how voice is at the moment."""
        if reason := self._missing():
            return VoiceCondition("absent", reason=reason)
        state = self._process.state
        return VoiceCondition(_STATES[state.stage], self._model.name, state.reason)

    async def transcribe(self, audio: bytes) -> Transcript:
        """Return what a voice note says.

        Raises:
            AudioUnreadable: not audio, of a kind that nobody sends, or cut off.
            AudioTooLong: longer than the settings allow.
            VoiceUnavailable: there is no model, or it cannot be loaded.
            QueueFull: too many notes wait.
            DeadlineExceeded: waiting and hearing took too long.
            VoiceProcessLost: the child died with this note in it.
        """
        container = container_of(audio)
        if container is None:
            raise AudioUnreadable
        if reason := self._missing():
            raise _unavailable(reason)
        started = time.monotonic()
        try:
            replies = await self._process.ask(
                {"container": container}, body=audio, deadline=Deadline(self._settings.voice_deadline_seconds)
            )
        except ProcessUnavailable as error:
            raise _unavailable(str(error.extra.get("reason", ""))) from error
        said = replies[0].data
        transcript = transcript_of(said["heard"], seconds=said["seconds"], language=said["language"])
        metrics.TRANSCRIBE_SECONDS.observe(time.monotonic() - started)
        metrics.AUDIO_SECONDS.inc(transcript.seconds)
        if not transcript.speech:
            metrics.SILENT.inc()
        return transcript

    def _configuration(self) -> Mapping[str, Any]:
        """Return what the next child is told; a child that replaces a dead one does not read the model twice."""
        self._starts += 1
        return {
            "folder": str(self._model.folder.absolute()) if self._model.folder else None,
            "data_dir": str(self._data_dir),
            "verify": self._starts == 1,
            "threads": model_threads(self._settings.voice_threads),
            "language": self._settings.voice_language,
            "beam": self._settings.voice_beam,
            "max_seconds": self._settings.voice_max_seconds,
        }

    def _missing(self) -> str | None:
        return model_files.missing(self._model.folder)


def _unavailable(reason: str) -> VoiceUnavailable:
    return VoiceUnavailable(extra={"reason": reason}, headers={"Retry-After": str(RETRY_SECONDS)})
