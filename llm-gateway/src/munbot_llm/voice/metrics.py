"""Measurements of voice notes; those of the process and its queue are in `munbot_llm.processes.metrics`."""

from prometheus_client import Counter, Histogram

TRANSCRIBE_SECONDS = Histogram(
    "munbot_voice_transcribe_seconds",
    "Time from a note's last byte to its words, waiting included",
    buckets=(0.25, 0.5, 1, 2, 3, 5, 8, 13, 20, 30, 60, 90),
)
AUDIO_SECONDS = Counter("munbot_voice_audio_seconds_total", "Length of the notes that were transcribed")
SILENT = Counter("munbot_voice_silent_total", "Notes in which nobody spoke")
