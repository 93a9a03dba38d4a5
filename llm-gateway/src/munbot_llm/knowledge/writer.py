"""Writing documents: import, versions, the order in which things are put into the store."""

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from munbot_common.auth import Principal
from munbot_common.clock import Clock
from munbot_common.logs import get_logger
from munbot_common.problems import Problem

from munbot_llm.documents import ImportedDocument, import_document
from munbot_llm.knowledge import metrics
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

log = get_logger("knowledge.writer")

_LOCKS = 64

Note = Callable[[KnowledgeDocument | None, KnowledgeDocument | None], None]
"""Notes a change (before, after) that nothing stands against any more; when it raises, nothing is changed."""


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
        note: Note | None = None,
    ) -> Written:
        """Import a file and keep it as the next version of its document; the same bytes again change nothing.

        Args:
            principal: who uploads.
            filename: with its ending, which tells the kind of file.
            data: the file.
            title: else the document's own.
            chosen_id: of the document; else it follows from the file name.
            seed_sha256: for demo data, the checksum of its file.
            note: called before it is kept, unless nothing changes.

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
            imported = _imported(key, filename, data, title)
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
            if note:
                note(present, document)
            source_version = self._store.save_source(tenant, key, document.suffix, data)
            document = replace(document, source_version=source_version)
            self._store.save(document)
        log.info("document_written", tenant=tenant, document=key, version=document.version)
        return Written(document, created=True)

    def write_pair(
        self,
        principal: Principal,
        pair_id: str,
        body: PairBody,
        *,
        seed_sha256: str | None = None,
        note: Note | None = None,
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
            if note:
                note(present, document)
            self._store.save(document)
        log.info("pair_written", tenant=tenant, document=key, version=document.version)
        return Written(document, created=True)

    def delete(self, tenant: str, key: str, *, note: Note | None = None) -> None:
        """Hide a document; its versions stay in the object store. `note` is called before.

        Raises:
            DocumentNotFound: there is none.
        """
        with self._lock(tenant, key):
            present = self._present(tenant, key) if is_document_id(key) else None
            if present is None:
                raise DocumentNotFound
            if note:
                note(present, None)
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


def _imported(key: str, filename: str, data: bytes, title: str | None) -> ImportedDocument:
    try:
        imported = import_document(key, filename, data, title)
    except Problem as problem:
        metrics.IMPORTS.labels(problem.code).inc()
        raise
    metrics.IMPORTS.labels("imported").inc()
    return imported
