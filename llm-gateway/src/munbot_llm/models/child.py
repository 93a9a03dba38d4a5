"""The model's own process: `python -m munbot_llm.models.child`, started by `LocalModel`.

Requests: {"do": "chat", "messages": [{"role", "content"}], "sampling": {...}} is answered by {"prompt_tokens",
"cached_tokens"}, then {"text"} for each token, then {"finish", "completion_tokens"}. {"do": "count", "messages"} is
answered by {"prompt_tokens"}.
"""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from munbot_llm.models.cores import model_threads
from munbot_llm.models.files import fingerprint, is_gguf, sha256_of
from munbot_llm.processes.child import Handler, Job, LoadFailure, Refusal, Reply, serve

if TYPE_CHECKING:
    from munbot_llm.models.engine import Engine

RETRY_SECONDS = 10.0  # the parent looks first whether anything has changed
_WARM_UP = [{"role": "user", "content": "Hola"}]


def load(configuration: dict[str, Any]) -> tuple[Handler, dict[str, Any]]:
    """Check the file, load it, and write two tokens so that the first citizen does not wait for that.

    Args:
        configuration: `path`, `sha256` ("": unchecked), `verified` (fingerprint of a file checked before),
            `engine_path`, `context_tokens`, `threads`, `gpu_layers`.
    """
    path = Path(configuration["path"])
    mark = _check(path, configuration["sha256"], configuration["verified"])
    if configuration["engine_path"]:
        sys.path.insert(0, configuration["engine_path"])
    try:
        engines = importlib.import_module("munbot_llm.models.engine")
    except (ImportError, OSError, RuntimeError) as error:  # the binding raises what ctypes does
        print(f"{type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201 - the parent logs it
        raise LoadFailure("engine_missing", retry_seconds=RETRY_SECONDS) from error
    threads = model_threads(configuration["threads"])
    try:
        engine: Engine = engines.Engine(
            path,
            context_tokens=configuration["context_tokens"],
            threads=threads,
            gpu_layers=configuration["gpu_layers"],
        )
        sampling = engines.Sampling(max_tokens=2)
        for _ in engine.generate(engine.tokens_of(_WARM_UP), sampling):
            pass
    except engines.TemplateMissing as error:
        raise LoadFailure("chat_template_missing", retry_seconds=RETRY_SECONDS) from error
    except engines.MessagesRefused as error:
        raise LoadFailure("chat_template_broken", retry_seconds=RETRY_SECONDS) from error
    except ValueError as error:
        raise LoadFailure("model_unreadable") from error
    about = {"fingerprint": mark, "context_tokens": engine.context_tokens, "threads": threads}
    return _Requests(engine).handle, {**about, "description": engine.description}


def _check(path: Path, sha256: str, verified: str) -> str:
    """Return the file's fingerprint.

    Raises:
        LoadFailure: no such file, no GGUF, or not the one with this checksum.
    """
    try:
        mark = fingerprint(path)
        if not is_gguf(path):
            raise LoadFailure("not_gguf", retry_seconds=RETRY_SECONDS)
        if sha256 and mark != verified and sha256_of(path) != sha256.lower():
            raise LoadFailure("checksum_mismatch", retry_seconds=RETRY_SECONDS)
    except OSError as error:
        raise LoadFailure("model_missing", retry_seconds=RETRY_SECONDS) from error
    return mark


class _Requests:
    def __init__(self, engine: "Engine") -> None:
        self._engine = engine
        self._module = sys.modules[type(engine).__module__]

    def handle(self, job: Job) -> Iterator[Reply]:
        """Answer one request."""
        try:
            tokens = self._engine.tokens_of(job.data["messages"])
        except self._module.MessagesRefused as error:
            raise Refusal("messages_invalid") from error
        if job.data["do"] == "count":
            yield Reply({"prompt_tokens": len(tokens)})
            return
        yield from self._chat(job, tokens, dict(job.data["sampling"]))

    def _chat(self, job: Job, tokens: list[int], wishes: dict[str, Any]) -> Iterator[Reply]:
        engine = self._engine
        wanted = wishes.pop("max_tokens")
        if len(tokens) + (wanted or 1) > engine.context_tokens:
            counts = {"prompt_tokens": len(tokens), "max_tokens": wanted, "context_tokens": engine.context_tokens}
            raise Refusal("prompt_too_long", extra=counts)
        yield Reply({"prompt_tokens": len(tokens), "cached_tokens": engine.cached(tokens)})
        wishes["stop"] = tuple(wishes.get("stop", ()))
        sampling = self._module.Sampling(max_tokens=wanted or engine.context_tokens - len(tokens), **wishes)
        engine.abort.clear()
        job.when_cancelled(engine.abort.put)
        written = 0
        try:
            for text, finish in engine.generate(tokens, sampling):
                if finish:
                    yield Reply({"text": text, "finish": finish, "completion_tokens": written})
                else:
                    written += 1
                    yield Reply({"text": text})
        except self._module.Aborted:
            return


if __name__ == "__main__":
    serve(load)
