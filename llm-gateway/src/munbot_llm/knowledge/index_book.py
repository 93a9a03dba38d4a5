"""The index of each tenant, swapped whole when its documents change, while answers go on from the one before."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from munbot_common.logs import get_logger

from munbot_llm.documents.passages import Passage
from munbot_llm.knowledge import metrics
from munbot_llm.knowledge.catalogue import Catalogue, read_catalogue
from munbot_llm.knowledge.models import KnowledgeDocument
from munbot_llm.knowledge.problems import KnowledgeLoading
from munbot_llm.knowledge.store import STORE_ERRORS, KnowledgeStore

if TYPE_CHECKING:
    from munbot_llm.retrieval.index import TenantIndex

log = get_logger("knowledge.index")

Build = Callable[[Sequence[Passage]], "TenantIndex"]
"""Makes an index of passages."""

_TENANTS_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Shelf:
    """An index and the documents that it was built from."""

    catalogue: Catalogue
    index: "TenantIndex | None"


@dataclass(slots=True)
class _Work:
    """Who waits for a tenant's next index, whether one is being built, and the lock of its catalogue."""

    reading: threading.Lock = field(default_factory=threading.Lock)
    waiting: list[Future[None]] = field(default_factory=list)
    running: bool = False


class NotSynced(Exception):
    """The documents have not been read yet."""


class IndexBook:
    """The tenants' indexes in memory.

    A thread looks at the object store every few seconds, so that what other replicas changed, and a restored bucket,
    arrive without a restart. `update` does it at once for one tenant. While the store is away, everything goes on as
    it last was.

    Args:
        store: the truth.
        build: makes an index; slow where texts are new, so it runs beside everything else.
        sync_seconds: how often to look.
        patience_seconds: how long the first look waits for indexes before it calls itself ready; a very large
            collection without its embeddings' cache takes longer, and is then answered from as its tenants come in.
        on_ready: called once, when questions may come.
    """

    def __init__(
        self,
        store: KnowledgeStore,
        build: Build,
        *,
        sync_seconds: float,
        patience_seconds: float = 60.0,
        on_ready: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._build = build
        self._sync_seconds = sync_seconds
        self._patience = patience_seconds
        self._on_ready = on_ready
        self._catalogues: dict[str, Catalogue] = {}
        self._shelves: dict[str, Shelf] = {}
        self._work: dict[str, _Work] = {}
        self._loading: frozenset[str] = frozenset()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._synced = threading.Event()
        self._pool = ThreadPoolExecutor(_TENANTS_AT_ONCE, thread_name_prefix="knowledge-index")
        self._thread = threading.Thread(target=self._run, name="knowledge-sync", daemon=True)

    def start(self) -> None:
        """Begin to look at the object store."""
        self._thread.start()

    def close(self) -> None:
        """Stop looking; an index that is being built is given up with the process."""
        self._stop.set()
        self._pool.shutdown(wait=False, cancel_futures=True)
        if self._thread.is_alive():
            self._thread.join(5)

    def check(self) -> None:
        """Raise until the documents have been read once.

        Raises:
            NotSynced: not yet.
        """
        if not self._synced.is_set():
            raise NotSynced

    def get(self, tenant: str) -> "TenantIndex | None":
        """Return a tenant's present index; None without documents.

        Raises:
            KnowledgeLoading: its documents are not indexed yet, or nobody has looked whether there are any.
        """
        shelf = self._shelves.get(tenant)
        if shelf is None and (tenant in self._loading or not self._synced.is_set()):
            raise KnowledgeLoading(headers={"Retry-After": "5"})
        return shelf.index if shelf else None

    def documents(self, tenant: str) -> Mapping[str, KnowledgeDocument]:
        """Return a tenant's documents by id, also those that the index does not know yet."""
        return self._catalogues.get(tenant, Catalogue()).documents

    def is_indexed(self, tenant: str, document_id: str) -> bool:
        """Tell whether the index knows a document as it is now."""
        shelf, catalogue = self._shelves.get(tenant), self._catalogues.get(tenant, Catalogue())
        return shelf is not None and shelf.catalogue.tags.get(document_id) == catalogue.tags.get(document_id)

    def update(self, tenant: str) -> Future[None]:
        """Read a tenant anew; the future is done when an index is live that knows all that was written before.

        Where the store is away, the future says so, and the next look tries again.
        """
        done: Future[None] = Future()
        with self._lock:
            work = self._work.setdefault(tenant, _Work())
        try:
            self._read(tenant, work)
        except STORE_ERRORS as error:
            done.set_exception(error)
            return done
        with self._lock:
            work.waiting.append(done)
            if work.running or self._stop.is_set():
                return done
            work.running = True
        self._pool.submit(self._work_off, tenant, work)
        return done

    def sync(self) -> list[Future[None]]:
        """Look at the object store once; returns what is being built because of it.

        Raises:
            STORE_ERRORS: it is away, or has no such bucket.
        """
        listing = self._store.listing()
        indexed = {tenant: shelf.catalogue.tags for tenant, shelf in list(self._shelves.items())}
        changed = {
            tenant for tenant in listing.keys() | indexed.keys() if listing.get(tenant, {}) != indexed.get(tenant)
        }
        return [self.update(tenant) for tenant in sorted(changed) if not self._is_busy(tenant)]

    def _is_busy(self, tenant: str) -> bool:
        """Tell whether an index is being built; what it will not know, the next look finds."""
        with self._lock:
            return tenant in self._work and self._work[tenant].running

    def _read(self, tenant: str, work: _Work) -> None:
        with work.reading:
            before = self._catalogues.get(tenant, Catalogue())
            tags = self._store.listing(tenant).get(tenant, {})
            if tags != before.tags:
                self._catalogues[tenant] = read_catalogue(self._store, tenant, before, tags)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                building = self.sync()
                metrics.STORE_UP.set(1)
                if not self._synced.is_set():
                    self._first(building)
            except STORE_ERRORS as error:
                metrics.STORE_UP.set(0)
                metrics.SYNC_ERRORS.inc()
                log.warning("store_away", kind=type(error).__name__)
            self._stop.wait(self._sync_seconds)

    def _first(self, building: list[Future[None]]) -> None:
        result = wait_for(building, timeout=self._patience)
        if any(isinstance(future.exception(), STORE_ERRORS) for future in result.done):
            return  # the next look tries again
        if result.not_done:
            self._loading = frozenset(self._work) - frozenset(self._shelves)
            log.warning("ready_before_all_indexes", tenants=sorted(self._loading))
        self._synced.set()
        self._on_ready()
        log.info("synced", tenants=len(building))

    def _work_off(self, tenant: str, work: _Work) -> None:
        while True:
            with self._lock:
                waiting, work.waiting = work.waiting, []
                if not waiting:
                    work.running = False
                    return
            try:
                self._rebuild(tenant)
            except Exception as error:  # the index before goes on, and the next look tries again
                if not self._stop.is_set():
                    metrics.INDEX_ERRORS.inc()
                    log.error("index_failed", tenant=tenant, exc_info=error)
                for future in waiting:
                    future.set_exception(error)
            else:
                for future in waiting:
                    future.set_result(None)

    def _rebuild(self, tenant: str) -> None:
        catalogue, before = self._catalogues.get(tenant, Catalogue()), self._shelves.get(tenant)
        if before is not None and before.catalogue.tags == catalogue.tags:
            return
        passages = catalogue.passages()
        started = time.perf_counter()
        index = self._build(passages) if passages else None
        seconds = time.perf_counter() - started
        self._shelves[tenant] = Shelf(catalogue, index)
        metrics.INDEX_SECONDS.observe(seconds)
        metrics.DOCUMENTS.labels(tenant).set(len(catalogue.documents))
        metrics.PASSAGES.labels(tenant).set(len(passages))
        metrics.UNREADABLE.labels(tenant).set(len(catalogue.unreadable))
        log.info(
            "indexed",
            tenant=tenant,
            documents=len(catalogue.documents),
            passages=len(passages),
            seconds=round(seconds, 3),
        )
