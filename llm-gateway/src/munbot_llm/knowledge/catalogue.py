"""A tenant's documents as they were in the object store a moment ago."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from munbot_common.logs import get_logger

from munbot_llm.documents.passages import Passage
from munbot_llm.knowledge.models import DocumentUnreadable, KnowledgeDocument
from munbot_llm.knowledge.store import KnowledgeStore

log = get_logger("knowledge.catalogue")

_READERS = 8


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What a tenant has.

    Attributes:
        tags: by document id, the entity tag of the `document.json` that was read, readable or not.
        documents: by id, those that could be read, now or before they were damaged.
        unreadable: ids of those that cannot be read now.
    """

    tags: Mapping[str, str] = field(default_factory=dict)
    documents: Mapping[str, KnowledgeDocument] = field(default_factory=dict)
    unreadable: frozenset[str] = frozenset()

    def passages(self) -> list[Passage]:
        """Return all passages, in the same order on every replica."""
        return [passage for key in sorted(self.documents) for passage in self.documents[key].passages]


def read_catalogue(store: KnowledgeStore, tenant: str, before: Catalogue, tags: Mapping[str, str]) -> Catalogue:
    """Return a tenant's documents; only those whose tag has changed are fetched.

    A document that was there and cannot be read now keeps its earlier passages.
    """
    changed = [key for key, tag in tags.items() if before.tags.get(key) != tag]
    damaged: set[str] = set()

    def fetch(document_id: str) -> KnowledgeDocument | None:
        try:
            return store.read(tenant, document_id)
        except DocumentUnreadable as error:
            damaged.add(document_id)
            log.error("document_unreadable", tenant=tenant, document=document_id, error=str(error))
            return before.documents.get(document_id)

    if len(changed) > 1:
        with ThreadPoolExecutor(_READERS, thread_name_prefix="knowledge-read") as pool:
            fetched = dict(zip(changed, pool.map(fetch, changed), strict=True))
    else:
        fetched = {key: fetch(key) for key in changed}
    kept = {key: document for key, document in before.documents.items() if key in tags and key not in fetched}
    return Catalogue(
        tags=dict(tags),
        documents=kept | {key: found for key, found in fetched.items() if found},
        unreadable=frozenset(damaged | {key for key in before.unreadable if key in tags and key not in fetched}),
    )
