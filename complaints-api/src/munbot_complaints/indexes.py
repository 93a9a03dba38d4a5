"""The indexes of the service's collections, and how a database of any age comes to have them."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from munbot_common.logs import get_logger
from pymongo import ASCENDING, GEOSPHERE, IndexModel
from pymongo.collection import Collection
from pymongo.errors import OperationFailure

from munbot_complaints.mongo import Document, MongoDatabase

log = get_logger("complaints.indexes")

# Each query names all leading fields of one of these and nothing else in its first $match (see complaints/queries.py).
INDEXES: Mapping[str, list[IndexModel]] = {
    "complaints": [
        IndexModel(
            [("tenant_id", ASCENDING), ("year", ASCENDING), ("number", ASCENDING)], unique=True, name="folio_unique"
        ),
        IndexModel([("folio", ASCENDING)], name="folio"),
        IndexModel([("tenant_id", ASCENDING), ("order.created", ASCENDING)], name="by_created"),
        IndexModel([("tenant_id", ASCENDING), ("order.due", ASCENDING)], name="by_due"),
        IndexModel(
            [("tenant_id", ASCENDING), ("assignee", ASCENDING), ("order.due", ASCENDING)], name="by_assignee_due"
        ),
        *(
            IndexModel([("tenant_id", ASCENDING), (field, ASCENDING), ("order.created", ASCENDING)], name=f"by_{name}")
            for name, field in {
                "status": "status",
                "category": "category_root",
                "unit": "unit",
                "assignee": "assignee",
                "rut": "citizen.rut",
                "conversation": "conversation_id",
                "term": "terms",
                "person": "citizen.terms",
            }.items()
        ),
        IndexModel([("clock.sweep_at", ASCENDING)], name="overdue_sweep", sparse=True),
        IndexModel([("relay.pending", ASCENDING)], name="relay"),
        # The version is named because SecantusDB takes one without it for another index the second time.
        IndexModel([("place.location", GEOSPHERE)], name="place", **{"2dsphereIndexVersion": 3}),
    ],
    "categories": [
        IndexModel([("tenant_id", ASCENDING), ("position", ASCENDING)], name="tree"),
        IndexModel([("relay.pending", ASCENDING)], name="relay"),
    ],
    "calendars": [IndexModel([("relay.pending", ASCENDING)], name="relay")],
    "maps": [IndexModel([("relay.pending", ASCENDING)], name="relay")],
    "attachments": [
        IndexModel([("state", ASCENDING), ("created_at", ASCENDING)], name="sweep"),
        IndexModel([("complaint_id", ASCENDING)], name="complaint", sparse=True),
    ],
    "tracking_attempts": [IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0, name="forget")],
}

# With the keys, what an index does. The server completes a collation, so only what we ask of one is compared.
_SWITCHES = ("unique", "sparse")
_VALUES = ("expireAfterSeconds", "partialFilterExpression")
_VERSION = "2dsphereIndexVersion"  # SecantusDB lists only one that was asked for
_INDEX_NOT_FOUND = 27
_TAKEN_FOR_THE_SAME = 85  # IndexOptionsConflict

Definition = Mapping[str, Any]
"""An index as the server lists it: name, key, options."""


def ensure_indexes(database: MongoDatabase, wanted: Mapping[str, Sequence[IndexModel]] = INDEXES) -> None:
    """Give each collection its indexes, also where an older version left others; safe to repeat, beside others too.

    An index counts by what it does (keys and options), whatever its name is. What is missing is created. Where an
    index of a wanted name does something else, its replacement is built beside it, under that name with a hash of the
    new definition (`folio_unique_1f2e3d4c`), and only then is the old one dropped: no query loses its index, and there
    is no moment in which a folio could be given twice. Whoever dies in between leaves both, and the next run ends the
    work. MongoDB cannot rename an index, so a replacement keeps its longer name.

    MongoDB does not tell some definitions apart (another lifetime, another 2dsphere version) and will not build such a
    replacement beside the old index. Then the old one is dropped first, unless it is unique: that a person decides.
    Indexes under names that are not ours stay.

    Args:
        database: the service's.
        wanted: by collection, all with names.

    Raises:
        OperationFailure: the data does not fit (a new unique index over duplicates), or the replacement of a unique
            index cannot be built beside it. What was there is still there.
    """
    for collection, models in wanted.items():
        _ensure(database[collection], [model.document for model in models])


def _ensure(collection: Collection[Document], wanted: Sequence[Definition]) -> None:
    there = list(collection.list_indexes())
    needed = {found["name"] for found in there if any(_same(found, definition) for definition in wanted)}
    missing = []
    for definition in wanted:
        old = [found["name"] for found in there if _is_named_for(found, definition) and found["name"] not in needed]
        if any(_same(found, definition) for found in there):
            _drop(collection, old)
        elif old:
            _replace(collection, definition, old)
        else:
            missing.append(_model(definition, definition["name"]))
    if missing:
        collection.create_indexes(missing)


def _replace(collection: Collection[Document], definition: Definition, old: Sequence[str]) -> None:
    name = definition["name"]
    replacement = _model(definition, f"{name}_{_hash(definition)}" if name in old else name)
    try:
        collection.create_indexes([replacement])
    except OperationFailure as error:
        if error.code != _TAKEN_FOR_THE_SAME or definition.get("unique"):
            raise
        _drop(collection, old)
        collection.create_indexes([replacement])
    else:
        _drop(collection, old)


def _drop(collection: Collection[Document], names: Sequence[str]) -> None:
    for name in names:
        try:
            collection.drop_index(name)
        except OperationFailure as error:
            if error.code != _INDEX_NOT_FOUND:  # another run of us was faster
                raise
        log.info("index_replaced", collection=collection.name, index=name)


def _model(definition: Definition, name: str) -> IndexModel:
    options = {option: value for option, value in definition.items() if option not in {"key", "name"}}
    return IndexModel(list(definition["key"].items()), name=name, **options)


def _same(found: Definition, wanted: Definition) -> bool:
    """Return whether an index of the server does what we want."""
    collation = wanted.get("collation") or {}
    return (
        list(found["key"].items()) == list(wanted["key"].items())
        and all(bool(found.get(option)) == bool(wanted.get(option)) for option in _SWITCHES)
        and all(found.get(option) == wanted.get(option) for option in _VALUES)
        and found.get(_VERSION, wanted.get(_VERSION)) == wanted.get(_VERSION)
        and bool(found.get("collation")) == bool(collation)
        and all(found["collation"].get(part) == value for part, value in collation.items())
    )


def _is_named_for(found: Definition, definition: Definition) -> bool:
    """Return whether an index has the name of one of ours, or that of a replacement of it."""
    return re.fullmatch(rf"{re.escape(definition['name'])}(_[0-9a-f]{{8}})?", found["name"]) is not None


def _hash(definition: Definition) -> str:
    told = json.dumps([list(definition["key"].items()), sorted(definition.items(), key=str)], default=str)
    return hashlib.sha256(told.encode()).hexdigest()[:8]
