"""Whether a model may write answers: the record that `eval model` leaves beside the file, and who reads it.

The record says of one file, by its SHA-256, what was measured and whether that was enough. A model without a record,
with one of another file or of older rules, or that failed, is never asked for an answer to a citizen.
"""

import json
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from munbot_common.logs import get_logger

from munbot_llm.models.files import fingerprint, sha256_of

log = get_logger("model.approval")

RULES = 1
"""Version of prompt, guard, questions and criteria together: a record of another version counts for nothing."""


@dataclass(frozen=True, slots=True)
class EvaluationRecord:
    """What `eval model` found.

    Attributes:
        sha256: of the model's file.
        model: the file's name.
        passed: every criterion was met.
        rules: `RULES` at that time.
        made_at: UTC, ISO 8601.
        measured: the figures.
        criteria: by name, what was asked and whether it was met.
    """

    sha256: str
    model: str
    passed: bool
    rules: int = RULES
    made_at: str = ""
    measured: Mapping[str, Any] = field(default_factory=dict)
    criteria: Mapping[str, Any] = field(default_factory=dict)


def record_path(model: Path) -> Path:
    """Return where the record of a model is: beside it."""
    return model.with_name(f"{model.name}.eval.json")


def write_record(model: Path, record: EvaluationRecord) -> Path:
    """Write a record, whole or not at all; returns where.

    Raises:
        OSError: the folder may not be written to.
    """
    path = record_path(model)
    aside = path.with_name(f".{path.name}.partial")
    aside.write_text(json.dumps(asdict(record), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    aside.replace(path)
    return path


def read_record(model: Path) -> EvaluationRecord | None:
    """Return a model's record; None where there is none that can be read."""
    try:
        content = json.loads(record_path(model).read_text(encoding="utf-8"))
        return EvaluationRecord(**content) if isinstance(content.get("passed"), bool) else None
    except (OSError, ValueError, TypeError, AttributeError):
        return None


class Approval:
    """Whether the model of the settings may write answers.

    The file's checksum is taken once, in a thread of its own, unless the settings have it (the model's process has then
    compared it). Until it is known the answer is no.

    Args:
        model: the file; None: there is none, or it is elsewhere, where nobody knows what it is.
        sha256: what the settings say.
    """

    def __init__(self, model: Path | None, sha256: str = "") -> None:
        self._model = model
        self._given = sha256.strip().lower()
        self._lock = threading.Lock()
        self._known: tuple[str, str] = ("", "")  # fingerprint of the file, its checksum
        self._looking: threading.Thread | None = None
        self._told = ""

    @property
    def granted(self) -> bool:
        """Whether the record is there, of this file, of these rules, and passed. Cheap."""
        reason = self.refusal()
        if reason != self._told:
            self._told = reason
            log.info("generated_answers", on=not reason, reason=reason)
        return not reason

    def refusal(self) -> str:
        """Return why not, as a stable code; empty: it may."""
        if self._model is None:
            return "no_file"
        record = read_record(self._model)
        if record is None:
            return "not_evaluated"
        if record.rules != RULES:
            return "evaluated_by_other_rules"
        if not record.passed:
            return "evaluation_failed"
        found = self._given or self._checksum()
        if not found:
            return "checksum_pending"
        return "" if found == record.sha256.lower() else "evaluation_of_another_file"

    def _checksum(self) -> str:
        """Return the file's checksum, or an empty text while it is being taken."""
        assert self._model is not None
        try:
            mark = fingerprint(self._model)
        except OSError:
            return ""
        with self._lock:
            if self._known[0] == mark:
                return self._known[1]
            if self._looking is None or not self._looking.is_alive():
                self._looking = threading.Thread(target=self._look, args=(mark,), name="model checksum", daemon=True)
                self._looking.start()
        return ""

    def _look(self, mark: str) -> None:
        assert self._model is not None
        try:
            found = sha256_of(self._model)
        except OSError:
            return
        with self._lock:
            self._known = (mark, found)
