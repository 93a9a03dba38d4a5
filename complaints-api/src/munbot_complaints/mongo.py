"""The MongoDB connection and its indexes."""

from collections.abc import Mapping
from typing import Any

from munbot_common.settings import MongoSettings
from pymongo import ASCENDING, GEOSPHERE, IndexModel, MongoClient, WriteConcern
from pymongo.database import Database
from pymongo.read_concern import ReadConcern

Document = dict[str, Any]
MongoDatabase = Database[Document]

SERVER_SELECTION_MS = 3_000
SOCKET_TIMEOUT_MS = 30_000


def connect(settings: MongoSettings, *, pool_size: int = 50) -> MongoClient[Document]:
    """Return a client that connects at its first use; times are aware."""
    return MongoClient(
        settings.mongo_dsn(),
        tz_aware=True,
        maxPoolSize=pool_size,
        serverSelectionTimeoutMS=SERVER_SELECTION_MS,
        connectTimeoutMS=SERVER_SELECTION_MS,
        socketTimeoutMS=SOCKET_TIMEOUT_MS,
        appname="munbot-complaints",
    )


def open_database(client: MongoClient[Document], settings: MongoSettings) -> MongoDatabase:
    """Return the service's database. Writes are journalled by a majority: a folio once given is never taken back."""
    return client.get_database(
        settings.mongo_database,
        write_concern=WriteConcern("majority", j=True, wtimeout=10_000),
        read_concern=ReadConcern("majority"),
    )


# Each query names all leading fields of one of these and nothing else in its first $match (see complaints/queries.py).
_INDEXES: Mapping[str, list[IndexModel]] = {
    "complaints": [
        IndexModel(
            [("tenant_id", ASCENDING), ("year", ASCENDING), ("number", ASCENDING)], unique=True, name="folio_unique"
        ),
        IndexModel([("folio", ASCENDING)], name="folio"),
        IndexModel([("tenant_id", ASCENDING), ("order.created", ASCENDING)], name="by_created"),
        IndexModel([("tenant_id", ASCENDING), ("order.due", ASCENDING)], name="by_due"),
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
    "categories": [IndexModel([("tenant_id", ASCENDING), ("position", ASCENDING)], name="tree")],
    "attachments": [
        IndexModel([("state", ASCENDING), ("created_at", ASCENDING)], name="sweep"),
        IndexModel([("complaint_id", ASCENDING)], name="complaint", sparse=True),
    ],
    "tracking_attempts": [IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0, name="forget")],
}


def create_indexes(database: MongoDatabase) -> None:
    """Create what is missing; safe to repeat."""
    for collection, indexes in _INDEXES.items():
        database[collection].create_indexes(indexes)


def ping(database: MongoDatabase) -> None:
    """Raise when the server does not answer."""
    database.command("ping")
