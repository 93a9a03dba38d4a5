"""Vectors kept in a file, so that a restart embeds nothing anew."""

import hashlib
import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
import structlog

from munbot_llm.retrieval import metrics
from munbot_llm.retrieval.embedder import Embedder, Vectors

log = structlog.get_logger()

_VECTOR_BYTES = Embedder.dimensions * 4
_READ_AT_ONCE = 500  # SQLite takes at most 999 variables


class EmbeddingCache:
    """An `Embeddings` that remembers what documents say; questions pass through.

    The file is a cache and nothing more: when it is damaged or cannot be written, it is thrown away or left out, and
    vectors are computed anew.

    Args:
        path: the SQLite file, made when absent; its folder too.
        embedder: computes what is not there yet.
    """

    def __init__(self, path: Path, embedder: Embedder) -> None:
        self.embedder = embedder
        self.hits = 0
        self.misses = 0
        self._path = path
        self._lock = threading.Lock()
        self._connection = self._open()

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Embed what citizens ask, without keeping it."""
        return self.embedder.queries(texts)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Embed what documents say; each text is computed once for all time."""
        return self._kept(texts, "passage", self.embedder.passages)

    def questions(self, texts: Sequence[str]) -> Vectors:
        """Embed the question of a question/answer pair as a citizen's question is embedded, and keep it."""
        return self._kept(texts, "query", self.embedder.queries)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = None

    def _kept(self, texts: Sequence[str], kind: str, compute: Callable[[Sequence[str]], Vectors]) -> Vectors:
        keys = [_key(text, kind, self.embedder.version) for text in texts]
        found = self._read(list(dict.fromkeys(keys)))
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
        self.hits += len(texts) - len(missing)
        self.misses += len(missing)
        metrics.EMBEDDING_CACHE.labels("hit").inc(len(texts) - len(missing))
        metrics.EMBEDDING_CACHE.labels("miss").inc(len(missing))
        for start in range(0, len(missing), _READ_AT_ONCE):
            part = dict(list(missing.items())[start : start + _READ_AT_ONCE])
            vectors = dict(zip(part, compute(list(part.values())), strict=True))
            self._write(vectors)
            found |= vectors
        if not keys:
            return np.empty((0, Embedder.dimensions), dtype=np.float32)
        return np.stack([found[key] for key in keys])

    def _read(self, keys: list[bytes]) -> dict[bytes, Vectors]:
        found: dict[bytes, Vectors] = {}
        with self._lock:
            if self._connection is None:
                return found
            try:
                for start in range(0, len(keys), _READ_AT_ONCE):
                    part = keys[start : start + _READ_AT_ONCE]
                    marks = ",".join("?" * len(part))
                    rows = self._connection.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", part)  # noqa: S608 - marks only
                    found |= {key: np.frombuffer(data, dtype="<f4") for key, data in rows if len(data) == _VECTOR_BYTES}
            except sqlite3.Error as error:
                self._start_anew(error)
        return found

    def _write(self, vectors: dict[bytes, Vectors]) -> None:
        rows = [(key, np.asarray(vector, dtype="<f4").tobytes()) for key, vector in vectors.items()]
        with self._lock:
            if self._connection is None:
                return
            try:
                with self._connection:
                    self._connection.executemany("INSERT OR REPLACE INTO vectors (key, vector) VALUES (?, ?)", rows)
            except sqlite3.Error as error:
                self._start_anew(error)

    def _start_anew(self, error: sqlite3.Error) -> None:
        log.warning("embedding_cache_rebuilt", path=str(self._path), error=str(error))
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
        self._connection = None
        if isinstance(error, sqlite3.OperationalError):  # no room, read-only, held by another: not damaged
            return
        with suppress(OSError):
            self._path.unlink(missing_ok=True)
        self._connection = _connect(self._path)

    def _open(self) -> sqlite3.Connection | None:
        connection = _connect(self._path)
        if connection is None:  # not a database: a new one, once
            with suppress(OSError):
                self._path.unlink(missing_ok=True)
            connection = _connect(self._path)
        return connection


def _connect(path: Path) -> sqlite3.Connection | None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=5, check_same_thread=False)
    except (OSError, sqlite3.Error) as error:
        log.warning("embedding_cache_unavailable", path=str(path), error=str(error))
        return None
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID"
        )
    except sqlite3.Error as error:
        log.warning("embedding_cache_damaged", path=str(path), error=str(error))
        connection.close()
        return None
    return connection


def _key(text: str, kind: str, version: str) -> bytes:
    return hashlib.sha256("\0".join((version, kind, text)).encode("utf-8", "surrogatepass")).digest()
