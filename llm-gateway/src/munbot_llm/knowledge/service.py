"""What can be done with documents and pairs."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from functools import partial

from munbot_common.audit import AuditBook
from munbot_common.auth import Principal
from munbot_common.logs import get_logger
from munbot_common.problems import Problem

from munbot_llm.knowledge.audit import note_change
from munbot_llm.knowledge.index_book import IndexBook
from munbot_llm.knowledge.models import DocumentUnreadable, KnowledgeDocument
from munbot_llm.knowledge.problems import DocumentNotFound
from munbot_llm.knowledge.rules import check_tenant, is_document_id
from munbot_llm.knowledge.schemas import PairBody
from munbot_llm.knowledge.store import KnowledgeStore
from munbot_llm.knowledge.writer import DocumentWriter, Written

log = get_logger("knowledge.service")

HISTORY = 50


class KnowledgeService:
    """Documents with their index: a write is over when the index knows it, and noted before it begins."""

    def __init__(self, store: KnowledgeStore, book: IndexBook, writer: DocumentWriter, audit: AuditBook) -> None:
        self._store = store
        self._writer = writer
        self._audit = audit
        self._recutting: set[str] = set()
        self._recut_lock = threading.Lock()
        self.book = book

    def upload(
        self, principal: Principal, *, filename: str, data: bytes, title: str | None, chosen_id: str | None
    ) -> tuple[Written, Future[None]]:
        """Import a file; returns the document and the index that will know it. Raises as `write_file`, or AuditAway."""
        note = partial(note_change, self._audit, principal)
        written = self._writer.write_file(
            principal, filename=filename, data=data, title=title, chosen_id=chosen_id, note=note
        )
        return written, self.book.update(principal.tenant)

    def put_pair(self, principal: Principal, pair_id: str, body: PairBody) -> tuple[Written, Future[None]]:
        """Keep a pair; returns it and the index that will know it. Raises as `write_pair`, or AuditAway."""
        note = partial(note_change, self._audit, principal)
        written = self._writer.write_pair(principal, pair_id, body, note=note)
        return written, self.book.update(principal.tenant)

    def delete(self, principal: Principal, key: str) -> Future[None]:
        """Hide a document; returns the index that no longer knows it.

        Raises:
            DocumentNotFound: there is none.
            AuditAway: it could not be noted.
        """
        note = partial(note_change, self._audit, principal)
        self._writer.delete(check_tenant(principal.tenant), key, note=note)
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

    def start_reindex(self, principal: Principal) -> int:
        """Cut all of a tenant's documents anew, in the background; returns how many. One such run at a time.

        Raises:
            AuditAway: it could not be noted, and nothing has begun.
        """
        tenant = check_tenant(principal.tenant)
        keys = [row.id for row in self.documents(tenant, "document")]
        with self._recut_lock:
            if tenant not in self._recutting:
                self._audit.note(
                    principal,
                    action="knowledge.reindexed",
                    object_type="knowledge",
                    object_id=tenant,
                    after={"documents": len(keys)},
                )
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
