"""The demo's documents and pairs, from `knowledge/<tenant>/`. They go through the writer as anybody's do.

What an official changed or removed since is left as it is: a document that was seeded carries its seed's checksum, and
one that somebody wrote carries none.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from munbot_common.auth import Principal, Role
from munbot_common.clock import Clock, utc_now
from munbot_common.logs import get_logger

from munbot_llm.knowledge.rules import document_id, pair_document_id, pair_id_of, pair_sha256
from munbot_llm.knowledge.schemas import PairBody
from munbot_llm.knowledge.store import KnowledgeStore
from munbot_llm.knowledge.writer import DocumentWriter

log = get_logger("knowledge.seed")

PAIRS = frozenset({".yml", ".yaml"})


def load(store: KnowledgeStore, folder: Path, clock: Clock = utc_now) -> int:
    """Load all tenants' folders; returns how many documents and pairs were written.

    Raises:
        Problem: a file cannot be imported.
        ValueError: two files of a tenant have the same name, or a pair is not as it should be.
    """
    loader = _Loader(store, clock)
    tenants = sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    return sum(loader.load(path.name, path) for path in tenants)


def read_pairs(content: str) -> Iterator[tuple[str, PairBody]]:
    """Give the ids and pairs of a YAML list of `{question, also?, answer, id?}`.

    Raises:
        ValueError: it is none.
    """
    entries: Any = yaml.safe_load(content)
    if not isinstance(entries, list):
        raise ValueError("a list of {question, also, answer} is expected")  # noqa: TRY004 - the file's content is wrong
    for entry in entries:
        fields = dict(entry)
        given = fields.pop("id", None)
        body = PairBody.model_validate(fields)
        yield str(given or pair_id_of(body.question)), body


class _Loader:
    def __init__(self, store: KnowledgeStore, clock: Clock) -> None:
        self._store = store
        self._writer = DocumentWriter(store, clock)

    def load(self, tenant: str, folder: Path) -> int:
        principal = Principal(subject="seed", role=Role.SERVICE, tenant=tenant)
        files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
        names = [path.name.casefold() for path in files if path.suffix not in PAIRS]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"{tenant}: more than one {', '.join(sorted(twice))}")
        return sum(
            self._pairs(principal, path) if path.suffix in PAIRS else self._file(principal, path) for path in files
        )

    def _file(self, principal: Principal, path: Path) -> bool:
        data = path.read_bytes()
        sha256 = hashlib.sha256(data).hexdigest()
        if not self._may_write(principal.tenant, document_id(principal.tenant, path.name), sha256):
            return False
        return self._writer.write_file(principal, filename=path.name, data=data, seed_sha256=sha256).created

    def _pairs(self, principal: Principal, path: Path) -> int:
        written = 0
        for pair_id, body in read_pairs(path.read_text(encoding="utf-8")):
            sha256 = pair_sha256(body.question, body.also, body.answer)
            if self._may_write(principal.tenant, pair_document_id(pair_id), sha256):
                written += self._writer.write_pair(principal, pair_id, body, seed_sha256=sha256).created
        return written

    def _may_write(self, tenant: str, key: str, sha256: str) -> bool:
        present = self._store.read(tenant, key)
        if present is None and next(self._store.history(tenant, key, 1), None) is None:
            return True  # never seen
        if present is None or present.seed_sha256 is None:
            log.info("seed_left_alone", tenant=tenant, document=key, removed=present is None)
            return False
        return present.seed_sha256 != sha256
