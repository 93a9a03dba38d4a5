"""A database of any age comes to have today's indexes."""

import pytest
from munbot_complaints import mongo
from munbot_complaints.indexes import INDEXES, ensure_indexes
from pymongo import ASCENDING, GEOSPHERE, IndexModel
from pymongo.errors import DuplicateKeyError, OperationFailure

FOLIO = [("tenant_id", ASCENDING), ("year", ASCENDING), ("number", ASCENDING)]


@pytest.fixture
def old(settings):
    """A database as an older version might have left it: empty until a test says more."""
    with mongo.connect(settings) as client:
        database = mongo.open_database(client, settings.model_copy(update={"mongo_database": "t_old_indexes"}))
        client.drop_database(database.name)
        yield database
        client.drop_database(database.name)


def indexes_of(collection):
    return {found["name"]: found for found in collection.list_indexes()}


def keys_of(collection):
    return sorted(list(found["key"].items()) for found in collection.list_indexes())


class Watched:
    """A collection that notes the names of the unique folio indexes after each change of indexes."""

    def __init__(self, collection):
        self.collection, self.name, self.seen = collection, collection.name, []

    def list_indexes(self):
        return self.collection.list_indexes()

    def create_indexes(self, models):
        self.collection.create_indexes(models)
        self.note()

    def drop_index(self, name):
        self.collection.drop_index(name)
        self.note()

    def note(self):
        self.seen.append({name for name, found in indexes_of(self.collection).items() if found.get("unique")})


def test_an_empty_database_gets_them_all_once(old):
    ensure_indexes(old)
    for collection, models in INDEXES.items():
        assert set(indexes_of(old[collection])) == {"_id_"} | {model.document["name"] for model in models}
    before = {collection: list(old[collection].list_indexes()) for collection in INDEXES}
    ensure_indexes(old)
    assert {collection: list(old[collection].list_indexes()) for collection in INDEXES} == before


@pytest.mark.parametrize(
    ("collection", "name", "index"),
    [
        ("complaints", "folio_unique", IndexModel([("year", ASCENDING), ("number", ASCENDING)], name="folio_unique")),
        ("complaints", "by_created", IndexModel([("created_at", ASCENDING)], name="by_created")),
        ("complaints", "overdue_sweep", IndexModel([("clock.sweep_at", ASCENDING)], name="overdue_sweep")),
        ("complaints", "folio", IndexModel([("folio", ASCENDING)], name="folio", unique=True)),
        (
            "complaints",
            "place",
            IndexModel([("place.location", GEOSPHERE)], name="place", **{"2dsphereIndexVersion": 2}),
        ),
        (
            "complaints",
            "relay",
            IndexModel([("relay.pending", ASCENDING)], name="relay", partialFilterExpression={"relay.pending": True}),
        ),
        (
            "categories",
            "tree",
            IndexModel([("tenant_id", ASCENDING), ("position", ASCENDING)], name="tree", collation={"locale": "es"}),
        ),
        (
            "tracking_attempts",
            "forget",
            IndexModel([("expires_at", ASCENDING)], name="forget", expireAfterSeconds=3_600),
        ),
    ],
)
def test_an_older_definition_under_the_same_name_is_replaced(old, collection, name, index):
    # The server itself refuses: this is where migrating stopped.
    old[collection].create_indexes([index])
    with pytest.raises(OperationFailure):
        old[collection].create_indexes([model for model in INDEXES[collection] if model.document["name"] == name])
    ensure_indexes(old)
    after = {known: indexes_of(old[known]) for known in INDEXES}
    assert [len(after[known]) for known in INDEXES] == [len(models) + 1 for models in INDEXES.values()]
    assert keys_of(old[collection]) == sorted(
        [[("_id", 1)], *(list(model.document["key"].items()) for model in INDEXES[collection])]
    )
    ensure_indexes(old)
    assert {known: indexes_of(old[known]) for known in INDEXES} == after


def test_the_replacement_does_what_is_wanted(old):
    old["complaints"].create_indexes([IndexModel([("folio", ASCENDING)], name="folio_unique", unique=True)])
    old["tracking_attempts"].create_index("expires_at", name="forget")
    ensure_indexes(old)
    old["complaints"].insert_one({"tenant_id": "a", "year": 2026, "number": 1, "folio": "x"})
    old["complaints"].insert_one({"tenant_id": "b", "year": 2026, "number": 1, "folio": "x"})
    with pytest.raises(DuplicateKeyError):
        old["complaints"].insert_one({"tenant_id": "a", "year": 2026, "number": 1, "folio": "y"})
    assert [found.get("expireAfterSeconds") for found in old["tracking_attempts"].list_indexes()] == [None, 0]


def test_a_unique_index_goes_only_when_its_replacement_stands(old):
    old["complaints"].create_indexes([IndexModel(FOLIO[1:], name="folio_unique", unique=True)])
    watched = Watched(old["complaints"])
    ensure_indexes({"complaints": watched}, {"complaints": [IndexModel(FOLIO, name="folio_unique", unique=True)]})
    both, new = watched.seen
    assert both == new | {"folio_unique"}
    assert len(new) == 1
    # Changed once more, and back: the plain name is free again.
    ensure_indexes({"complaints": watched}, {"complaints": [IndexModel(FOLIO[1:], name="folio_unique", unique=True)]})
    assert watched.seen[-1] == {"folio_unique"}
    assert all(watched.seen)


def test_whoever_dies_in_between_leaves_work_for_the_next(old, monkeypatch):
    wanted = {"complaints": [IndexModel(FOLIO, name="folio_unique", unique=True)]}
    old["complaints"].create_indexes([IndexModel(FOLIO[1:], name="folio_unique", unique=True)])
    watched = Watched(old["complaints"])
    monkeypatch.setattr(watched, "drop_index", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        ensure_indexes({"complaints": watched}, wanted)
    assert len(indexes_of(old["complaints"])) == 3
    ensure_indexes(old, wanted)
    assert keys_of(old["complaints"]) == [[("_id", 1)], FOLIO]


def test_duplicates_stop_the_migration_and_leave_what_there_was(old):
    old["complaints"].create_indexes([IndexModel(FOLIO, name="folio_unique")])
    old["complaints"].insert_many([{"tenant_id": "a", "year": 2026, "number": 1} for _ in range(2)])
    with pytest.raises(OperationFailure):
        ensure_indexes(old)
    assert "folio_unique" in indexes_of(old["complaints"])


def test_the_same_index_under_another_name_serves_and_strangers_stay(old):
    old["complaints"].create_indexes(
        [
            IndexModel([("folio", ASCENDING)], name="folio_1"),
            IndexModel([("description", ASCENDING)], name="folio_report"),
        ]
    )
    old["complaints"].create_index([("place.location", GEOSPHERE)], name="map")
    ensure_indexes(old)
    names = set(indexes_of(old["complaints"]))
    assert {"folio_1", "folio_report", "map"} <= names
    assert not {"folio", "place"} & names


class Strict:
    """A server that takes a definition for an existing one, as MongoDB does when only the lifetime differs."""

    name = "tracking_attempts"

    def __init__(self, there):
        self.there = {there["name"]: there}

    def list_indexes(self):
        return list(self.there.values())

    def create_indexes(self, models):
        for model in models:
            if any(found["key"] == model.document["key"] for found in self.there.values()):
                raise OperationFailure("Index already exists with a different name", 85)
            self.there[model.document["name"]] = model.document

    def drop_index(self, name):
        del self.there[name]


def test_what_cannot_stand_beside_is_dropped_first_unless_it_is_unique():
    lifetime = IndexModel([("expires_at", ASCENDING)], name="forget", expireAfterSeconds=60).document
    server = Strict(lifetime)
    ensure_indexes({server.name: server}, {server.name: INDEXES[server.name]})
    assert [found["expireAfterSeconds"] for found in server.list_indexes()] == [0]

    unique = Strict(IndexModel([("a", ASCENDING)], name="a", unique=True, expireAfterSeconds=60).document)
    with pytest.raises(OperationFailure):
        ensure_indexes({unique.name: unique}, {unique.name: [IndexModel([("a", ASCENDING)], name="a", unique=True)]})
    assert set(unique.there) == {"a"}
