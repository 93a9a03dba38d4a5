"""The book of indexes: swapped whole, one build of a tenant at a time, nobody waits for another tenant."""

import threading
from datetime import UTC, datetime

import pytest
from munbot_llm.documents.passages import Passage
from munbot_llm.knowledge.index_book import IndexBook, NotSynced
from munbot_llm.knowledge.models import DocumentUnreadable, KnowledgeDocument
from munbot_llm.knowledge.problems import KnowledgeLoading
from store_plumbing import until

SECONDS = 20


def document(tenant, key, text):
    return KnowledgeDocument(
        tenant=tenant,
        id=key,
        kind="document",
        title=key,
        filename=f"{key}.md",
        sha256="",
        size=0,
        version=1,
        uploaded_by="x",
        uploaded_at=datetime(2026, 11, 21, tzinfo=UTC),
        source_version="",
        passages=(Passage(key, key, "", (), text, 0),),
    )


class Shelves:
    """A store in memory: what is listed and read, as the object store does it."""

    def __init__(self):
        self.rows = {}
        self.away = False
        self.reads = 0

    def put(self, tenant, key, text):
        self.rows.setdefault(tenant, {})[key] = text

    def listing(self, tenant=None):
        if self.away:
            raise OSError
        found = {t: {key: f"tag:{text}" for key, text in keys.items()} for t, keys in self.rows.items() if keys}
        return found if tenant is None else {tenant: found[tenant]} if tenant in found else {}

    def read(self, tenant, key):
        self.reads += 1
        text = self.rows[tenant].get(key)
        if text == "damaged":
            raise DocumentUnreadable
        return None if text is None else document(tenant, key, text)


class Builder:
    """Makes a tuple of texts an index; a build can be held."""

    def __init__(self):
        self.built = []
        self.gates = {}
        self.begun = threading.Semaphore(0)
        self.at_once = 0
        self.most_at_once = {}

    def hold(self, text):
        self.gates[text] = threading.Event()
        return self.gates[text]

    def __call__(self, passages):
        texts = tuple(passage.text for passage in passages)
        self.begun.release()
        for text in texts:
            if text in self.gates:
                assert self.gates[text].wait(SECONDS)
            if text == "poison":
                raise RuntimeError(text)
        self.built.append(texts)
        return texts


@pytest.fixture
def store():
    return Shelves()


@pytest.fixture
def build():
    return Builder()


@pytest.fixture
def book(store, build):
    book = IndexBook(store, build, sync_seconds=0.02, patience_seconds=SECONDS)
    yield book
    for gate in build.gates.values():
        gate.set()
    book.close()


def test_an_update_is_done_when_its_index_is_live(store, book):
    store.put("a", "d1", "one")
    book.update("a").result(SECONDS)
    assert book.get("a") == ("one",)
    assert book.is_indexed("a", "d1")
    store.put("a", "d2", "two")
    book.update("a").result(SECONDS)
    assert book.get("a") == ("one", "two")
    assert store.reads == 2  # only what has changed


def test_nobody_is_told_that_there_is_nothing_before_somebody_looked(store, book):
    with pytest.raises(KnowledgeLoading):
        book.get("b")
    book.start()
    until(lambda: _is_ready(book))
    assert book.get("b") is None


def test_the_last_document_gone_leaves_no_index(store, book):
    store.put("a", "d1", "one")
    book.update("a").result(SECONDS)
    store.rows["a"].clear()
    book.update("a").result(SECONDS)
    assert book.get("a") is None
    assert book.documents("a") == {}


def test_answers_go_on_from_the_old_index_while_the_new_one_is_built(store, build, book):
    store.put("a", "d1", "one")
    book.update("a").result(SECONDS)
    gate = build.hold("two")
    store.put("a", "d2", "two")
    future = book.update("a")
    until(lambda: book.documents("a").keys() == {"d1", "d2"})
    assert book.get("a") == ("one",)
    assert not book.is_indexed("a", "d2")
    assert not future.done()
    gate.set()
    future.result(SECONDS)
    assert book.get("a") == ("one", "two")


def test_who_writes_during_a_build_waits_for_the_next_one(store, build, book):
    gate = build.hold("one")
    store.put("a", "d1", "one")
    first = book.update("a")
    assert build.begun.acquire(timeout=SECONDS)
    store.put("a", "d2", "two")
    second, third = book.update("a"), book.update("a")
    gate.set()
    first.result(SECONDS)
    second.result(SECONDS)
    third.result(SECONDS)
    assert build.built == [("one",), ("one", "two")]  # the third is told of the second's


def test_a_tenant_does_not_wait_for_another_one(store, build, book):
    build.hold("slow")
    store.put("a", "d1", "slow")
    slow = book.update("a")
    slow_again = book.update("a")
    assert build.begun.acquire(timeout=SECONDS)
    for number in range(8):
        store.put("b", "d1", f"quick {number}")
        book.update("b").result(SECONDS)
    assert not slow.done()
    assert not slow_again.done()


def test_an_index_that_cannot_be_built_leaves_the_one_before_and_is_tried_again(store, book):
    store.put("a", "d1", "one")
    book.update("a").result(SECONDS)
    store.put("a", "d2", "poison")
    with pytest.raises(RuntimeError):
        book.update("a").result(SECONDS)
    assert book.get("a") == ("one",)
    store.put("a", "d2", "two")
    book.start()
    until(lambda: book.get("a") == ("one", "two"))


def test_a_damaged_document_keeps_its_earlier_words(store, book):
    store.put("a", "d1", "one")
    store.put("a", "d2", "damaged")
    book.update("a").result(SECONDS)
    assert book.get("a") == ("one",)
    store.put("a", "d1", "damaged")
    store.put("a", "d2", "two")
    book.update("a").result(SECONDS)
    assert book.get("a") == ("one", "two")


def test_ready_only_after_the_first_look(store, build, book):
    store.put("a", "d1", "one")
    store.away = True
    book.start()
    with pytest.raises(NotSynced):
        book.check()
    gate = build.hold("one")
    store.away = False
    assert build.begun.acquire(timeout=SECONDS)
    with pytest.raises(NotSynced):
        book.check()
    with pytest.raises(KnowledgeLoading):
        book.get("a")
    gate.set()
    until(lambda: _is_ready(book))
    store.away = True
    with pytest.raises(OSError):
        book.update("a").result(SECONDS)
    book.check()
    assert book.get("a") == ("one",)


def test_what_others_wrote_arrives_by_itself(store, book):
    book.start()
    store.put("a", "d1", "one")
    until(lambda: book.get("a") == ("one",))
    store.rows["a"].clear()
    until(lambda: book.get("a") is None)


def test_after_its_patience_it_is_ready_and_says_who_is_still_loading(store, build):
    build.hold("slow")
    store.put("a", "d1", "slow")
    store.put("b", "d1", "quick")
    ready = threading.Event()
    book = IndexBook(store, build, sync_seconds=0.02, patience_seconds=0.2, on_ready=ready.set)
    book.start()
    assert ready.wait(SECONDS)
    book.check()
    until(lambda: book.get("b") == ("quick",))
    with pytest.raises(KnowledgeLoading):
        book.get("a")
    assert book.get("nobody") is None
    build.gates["slow"].set()
    until(lambda: _got(book, "a") == ("slow",))
    book.close()


def _is_ready(book):
    try:
        book.check()
    except NotSynced:
        return False
    return True


def _got(book, tenant):
    try:
        return book.get(tenant)
    except KnowledgeLoading:
        return None
