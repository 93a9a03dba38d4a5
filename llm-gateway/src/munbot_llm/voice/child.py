"""The process that hears: `python -m munbot_llm.voice.child`, started and watched by the gateway."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from munbot_llm.processes.child import Handler, Job, LoadFailure, Reply, serve
from munbot_llm.voice import model_files

DISK_RETRY_SECONDS = 60.0
NEVER_SECONDS = 600.0  # what no other try will change soon


def load(configuration: dict[str, Any]) -> tuple[Handler, dict[str, Any]]:
    """Load the model.

    Args:
        configuration: `folder` (or null), `data_dir`, `verify`, `threads`, `language`, `beam`, `max_seconds`.

    Raises:
        LoadFailure: `engine_missing`, `model_missing`, `model_damaged`, `data_dir_unwritable`, `model_unusable`.
    """
    folder = Path(configuration["folder"]) if configuration["folder"] else None
    if reason := model_files.missing(folder):
        raise LoadFailure(reason, retry_seconds=NEVER_SECONDS)
    from munbot_llm.voice.decoding import SAMPLE_RATE, decode  # noqa: PLC0415 - needs the extra `voice`
    from munbot_llm.voice.transcriber import Options, Transcriber  # noqa: PLC0415 - needs the extra `voice`

    options = Options(language=configuration["language"], beam=configuration["beam"])
    try:
        place = folder or _joined(Path(configuration["data_dir"]), verify=configuration["verify"])
        transcriber = Transcriber(place, threads=configuration["threads"], options=options)
    except (RuntimeError, ValueError, OSError) as error:  # what CTranslate2 says of a folder that is no model
        reason = "model_unusable"
        raise LoadFailure(reason, retry_seconds=NEVER_SECONDS) from error

    def handle(job: Job) -> Iterator[Reply]:
        samples = decode(job.body, job.data["container"], max_seconds=configuration["max_seconds"])
        heard, language = transcriber.transcribe(samples, lambda: job.cancelled)
        yield Reply(
            {
                "heard": [stretch.as_json() for stretch in heard],
                "language": language,
                "seconds": len(samples) / SAMPLE_RATE,
            }
        )

    return handle, {"name": model_files.chosen(folder).name}


def _joined(data_dir: Path, *, verify: bool) -> Path:
    try:
        return model_files.joined(data_dir, verify=verify)
    except model_files.ModelDamaged as error:
        reason = "model_damaged"
        raise LoadFailure(reason, retry_seconds=NEVER_SECONDS) from error
    except OSError as error:
        reason = "data_dir_unwritable"
        raise LoadFailure(reason, retry_seconds=DISK_RETRY_SECONDS) from error


if __name__ == "__main__":
    serve(load)
