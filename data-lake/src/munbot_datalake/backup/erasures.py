"""Who was erased, beside the backups that still hold them: what comes back with an older backup is erased again.

Nobody is named: a mark is a keyed hash of municipality and RUT (`munbot_common.traces.mark_of`). The key lies beside
the marks. Whoever reads both can try RUTs, but so they can read the backups themselves; and a mark goes with the last
backup that was made before it.
"""

import json
import secrets
from collections.abc import Iterator
from datetime import datetime

from munbot_common.traces import mark_of
from pydantic import BaseModel, ValidationError

from munbot_datalake.backup.catalogue import Catalogue
from munbot_datalake.backup.targets import Target

__all__ = ["Erasure", "erasures", "key_of", "note_erasure", "prune"]

_FOLDER = "erasures/"
_KEY = f"{_FOLDER}key"


class Erasure(BaseModel):
    """One person was erased.

    Args:
        at: when it was asked.
        mark: the keyed hash.
    """

    at: datetime
    mark: str


def key_of(target: Target) -> str:
    """Return the key of the marks, made at its first use."""
    if target.size(_KEY) is None:
        target.put(_KEY, [secrets.token_urlsafe(48).encode()])
    return b"".join(target.get(_KEY)).decode()


def note_erasure(target: Target, *, tenant: str, rut: str, at: datetime) -> Erasure:
    """Write down that somebody is erased; the last time counts."""
    noted = Erasure(at=at, mark=mark_of(key_of(target), tenant, rut))
    target.put(f"{_FOLDER}{noted.mark}.json", [noted.model_dump_json().encode() + b"\n"])
    return noted


def erasures(target: Target) -> Iterator[Erasure]:
    """Give all that are written down."""
    for name in sorted(target.names(_FOLDER)):
        if name == _KEY:
            continue
        try:
            yield Erasure.model_validate(json.loads(b"".join(target.get(name))))
        except (ValueError, ValidationError):
            continue


def prune(target: Target) -> int:
    """Forget those whom no backup holds any more; returns how many."""
    begun = [manifest.started_at for manifest in Catalogue(target).manifests()]
    if not begun:
        return 0
    over = [one for one in erasures(target) if one.at < min(begun)]
    for one in over:
        target.remove(f"{_FOLDER}{one.mark}.json")
    return len(over)
