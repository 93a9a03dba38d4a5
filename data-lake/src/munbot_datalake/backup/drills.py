"""What the recovery drills said. It lies beside the backups, so that it outlives the instance."""

import json
from collections.abc import Iterator
from datetime import datetime

from pydantic import BaseModel, ValidationError

from munbot_datalake.backup.targets import Target

__all__ = ["Drill", "drills", "note_drill"]

_FOLDER = "drills/"
_KEPT = 60


class Drill(BaseModel):
    """One recovery drill.

    Args:
        at: when it ended.
        backup: which one it brought back.
        passed: everything was as it was, and the services worked.
        rpo_seconds: the age of the backup when the drill began: what would have been lost.
        rto_seconds: from the first step until a booking and a folio were answered.
        failure: why not, in one line.
    """

    at: datetime
    backup: str = ""
    passed: bool
    rpo_seconds: float = 0
    rto_seconds: float = 0
    failure: str = ""


def note_drill(target: Target, drill: Drill) -> None:
    """Write a result down, and forget those of long ago."""
    target.put(f"{_FOLDER}{drill.at:%Y-%m-%dT%H%M%SZ}.json", [drill.model_dump_json(indent=1).encode() + b"\n"])
    for name in sorted(target.names(_FOLDER), reverse=True)[_KEPT:]:
        target.remove(name)


def drills(target: Target) -> Iterator[Drill]:
    """Give the results that can be read, newest first."""
    for name in sorted(target.names(_FOLDER), reverse=True):
        try:
            yield Drill.model_validate(json.loads(b"".join(target.get(name))))
        except (ValueError, ValidationError):
            continue
