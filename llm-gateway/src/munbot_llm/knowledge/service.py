"""What can be done with documents and pairs."""

import hashlib
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace

from munbot_common.auth import Principal
from munbot_common.clock import Clock
from munbot_common.logs import get_logger
from munbot_common.problems import Problem

from munbot_llm.documents import import_document
from munbot_llm.knowledge import metrics
from munbot_llm.knowledge.index_book import IndexBook
from munbot_llm.knowledge.models import DocumentUnreadable, KnowledgeDocument
from munbot_llm.knowledge.problems import DocumentNotFound
from munbot_llm.knowledge.rules import (
    check_document_id,
    check_tenant,
    clean_filename,
    document_id,
    is_document_id,
    pair_document_id,
    pair_sha256,
)
from munbot_llm.knowledge.schemas import PairBody, pair_passage
from munbot_llm.knowledge.store import KnowledgeStore
from munbot_llm.knowledge.texts import text

log = get_logger("knowledge.service")

HISTORY = 50
_LOCKS = 64


@dataclass(frozen=True, slots=True)
class Written:
    """A document after a write, and whether the write changed anything."""

    document: KnowledgeDocument
    created: bool


class DocumentWriter:
    """Writes documents to the store; knows no index, so that seeding needs none.

    Writes of one document wait for each other here; between replicas the last one wins, whole.
    """

    def __init__(self, store: KnowledgeStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._locks = [threading.Lock() for _ in range(_LOCKS)]

    def write_file(
        self,
        principal: Principal,
        *,
        filename: str,
        data: bytes,
        title: str | None = None,
        chosen_id: str | None = None,
        seed_sha256: str | None = None,
    ) -> Written:
        """Import a file and keep it as the next version of its document; the same bytes again change nothing.

        Args:
            principal: who uploads.
            filename: with its ending, which tells the kind of file.
            data: the file.
            title: else the document's own.
            chosen_id: of the document; else it follows from the file name.
            seed_sha256: for demo data, the checksum of its file.

        Raises:
            FilenameInvalid, DocumentIdInvalid, TenantInvalid: names that cannot be kept.
            Problem: of the import: corrupt, without text, empty, of an unknown kind.
        """
        tenant, filename = check_tenant(principal.tenant), clean_filename(filename)
        key = check_document_id(chosen_id) if chosen_id else document_id(tenant, filename)
        sha256 = hashlib.sha256(data).hexdigest()
        with self._lock(tenant, key):
            present = self._present(tenant, key)
            if present and present.sha256 == sha256 and present.filename == filename and title in {None, present.title}:
                metrics.IMPORTS.labels("unchanged").inc()
                return Written(present, created=False)
            try:
                imported = import_document(key, filename, data, title)
            except Problem as problem:
                metrics.IMPORTS.labels(problem.code).inc()
                raise
            document = KnowledgeDocument(
                tenant=tenant,
                id=key,
                kind="document",
                title=imported.title,
                filename=filename,
                sha256=sha256,
                size=len(data),
                version=self._next_version(tenant, key, present),
                uploaded_by=principal.subject,
                uploaded_at=self._clock(),
                source_version="",
                passages=tuple(imported.passages),
                warnings=tuple(imported.warnings),
                seed_sha256=seed_sha256,
            )
            source_version = self._store.save_source(tenant, key, document.suffix, data)
            document = replace(document, source_version=source_version)
            self._store.save(document)
        metrics.IMPORTS.labels("imported").inc()
        log.info("document_written", tenant=tenant, document=key, version=document.version)
        return Written(document, created=True)

    def write_pair(
        self, principal: Principal, pair_id: str, body: PairBody, *, seed_sha256: str | None = None
    ) -> Written:
        """Keep a question/answer pair; the same texts again change nothing.

        Raises:
            TenantInvalid: a name that cannot be kept.
        """
        tenant, key = check_tenant(principal.tenant), pair_document_id(pair_id)
        passage = pair_passage(key, text("pairs", "document"), body)
        sha256 = pair_sha256(body.question, passage.questions[1:], body.answer)
        with self._lock(tenant, key):
            present = self._present(tenant, key)
            if present and present.sha256 == sha256:
                return Written(present, created=False)
            document = KnowledgeDocument(
                tenant=tenant,
                id=key,
                kind="pair",
                title=body.question,
                filename="",
                sha256=sha256,
                size=0,
                version=self._next_version(tenant, key, present),
                uploaded_by=principal.subject,
                uploaded_at=self._clock(),
                source_version="",
                passages=(passage,),
                seed_sha256=seed_sha256,
            )
            self._store.save(document)
        log.info("pair_written", tenant=tenant, document=key, version=document.version)
        return Written(document, created=True)

    def delete(self, tenant: str, key: str) -> None:
        """Hide a document; its versions stay in the object store.

        Raises:
            DocumentNotFound: there is none.
        """
        with self._lock(tenant, key):
            present = self._present(tenant, key) if is_document_id(key) else None
            if present is None:
                raise DocumentNotFound
            self._store.delete(present)
        log.info("document_deleted", tenant=tenant, document=key)

    def recut(self, tenant: str, key: str) -> bool:
        """Cut a document anew from its file, as the importer does it now; returns whether its passages changed.

        Raises:
            Problem: of the import; the passages stay as they were.
        """
        with self._lock(tenant, key):
            present = self._present(tenant, key)
            if present is None or present.kind == "pair":
                return False
            data = self._store.source(present)
            if data is None:
                log.warning("source_missing", tenant=tenant, document=key)
                return False
            imported = import_document(key, present.filename, data, present.title)
            again = replace(present, passages=tuple(imported.passages), warnings=tuple(imported.warnings))
            if again == present:
                return False
            self._store.save(again)
        return True

    def _present(self, tenant: str, key: str) -> KnowledgeDocument | None:
        try:
            return self._store.read(tenant, key)
        except DocumentUnreadable as error:
            log.error("document_unreadable", tenant=tenant, document=key, error=str(error))
            return None  # what comes now replaces it

    def _next_version(self, tenant: str, key: str, present: KnowledgeDocument | None) -> int:
        last = present or next(self._store.history(tenant, key, 3), None)
        return last.version + 1 if last else 1

    def _lock(self, tenant: str, key: str) -> threading.Lock:
        return self._locks[hash((tenant, key)) % _LOCKS]


class KnowledgeService:
    """Documents with their index: a write is over when the index knows it."""

    def __init__(self, store: KnowledgeStore, book: IndexBook, writer: DocumentWriter) -> None:
        self._store = store
        self._writer = writer
        self._recutting: set[str] = set()
        self._recut_lock = threading.Lock()
        self.book = book

    def upload(
        self, principal: Principal, *, filename: str, data: bytes, title: str | None, chosen_id: str | None
    ) -> tuple[Written, Future[None]]:
        """Import a file; returns the document and the index that will know it. Raises as `write_file` does."""
        written = self._writer.write_file(principal, filename=filename, data=data, title=title, chosen_id=chosen_id)
        return written, self.book.update(principal.tenant)

    def put_pair(self, principal: Principal, pair_id: str, body: PairBody) -> tuple[Written, Future[None]]:
        """Keep a pair; returns it and the index that will know it. Raises as `write_pair` does."""
        written = self._writer.write_pair(principal, pair_id, body)
        return written, self.book.update(principal.tenant)

    def delete(self, principal: Principal, key: str) -> Future[None]:
        """Hide a document; returns the index that no longer knows it.

        Raises:
            DocumentNotFound: there is none.
        """
        self._writer.delete(check_tenant(principal.tenant), key)
        return self.book.update(principal.tenant)

    def documents(self, tenant: str, kind: str | None = None) -> list[KnowledgeDocument]:
        """Return the documents that answers come from, newest first."""
        rows = [row for row in self.book.documents(tenant).values() if kind in {None, row.kind}]
        return sorted(rows, key=lambda row: (row.uploaded_at, row.id), reverse=True)

    def get(self, tenant: str, key: str) -> KnowledgeDocument:
        """Return one document, also when this replica's index does not know it yet.

        Raises:
            DocumentNotFound: not in this tenant.
        """
        found = self.book.documents(tenant).get(key)
        if found is None and is_document_id(key):
            try:
                found = self._store.read(check_tenant(tenant), key)
            except DocumentUnreadable as error:
                raise DocumentNotFound from error
        if found is None:
            raise DocumentNotFound
        return found

    def versions(self, tenant: str, key: str) -> list[KnowledgeDocument]:
        """Return a document's last versions, newest first.

        Raises:
            DocumentNotFound: not in this tenant.
        """
        self.get(tenant, key)
        latest: dict[int, KnowledgeDocument] = {}
        for document in self._store.history(tenant, key, HISTORY):
            latest.setdefault(document.version, document)  # cut anew: the same version once more
        return list(latest.values())

    def source(self, tenant: str, key: str, version: int | None = None) -> tuple[KnowledgeDocument, Iterator[bytes]]:
        """Return a document, of the present or an earlier version, and its file piece by piece.

        Raises:
            DocumentNotFound: no such document or version, or it is a pair, which has no file.
        """
        document = self.get(tenant, key)
        if version is not None and version != document.version:
            found = (row for row in self.versions(tenant, key) if row.version == version)
            document = next(found, document)
            if document.version != version:
                raise DocumentNotFound
        pieces = self._store.stream_source(document) if document.kind == "document" else None
        if pieces is None:
            raise DocumentNotFound
        return document, pieces

    def start_reindex(self, tenant: str) -> int:
        """Cut all of a tenant's documents anew, in the background; returns how many. One such run at a time."""
        keys = [row.id for row in self.documents(check_tenant(tenant), "document")]
        with self._recut_lock:
            if tenant not in self._recutting:
                self._recutting.add(tenant)
                threading.Thread(target=self._reindex, args=(tenant, keys), name="reindex", daemon=True).start()
        return len(keys)

    def is_reindexing(self, tenant: str) -> bool:
        """Tell whether a tenant's documents are being cut anew."""
        return tenant in self._recutting

    def _reindex(self, tenant: str, keys: list[str]) -> None:
        changed = 0
        try:
            for key in keys:
                try:
                    changed += self._writer.recut(tenant, key)
                except Problem as problem:
                    log.warning("recut_refused", tenant=tenant, document=key, code=problem.code)
        except Exception as error:  # what was cut so far stays
            log.error("reindex_failed", tenant=tenant, exc_info=error)
        finally:
            self.book.update(tenant)
            with self._recut_lock:
                self._recutting.discard(tenant)
            log.info("reindexed", tenant=tenant, documents=len(keys), changed=changed)
