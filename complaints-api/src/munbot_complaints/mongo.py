"""The MongoDB connection."""

from typing import Any

from munbot_common.settings import MongoSettings
from pymongo import MongoClient, WriteConcern
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


def ping(database: MongoDatabase) -> None:
    """Raise when the server does not answer."""
    database.command("ping")
