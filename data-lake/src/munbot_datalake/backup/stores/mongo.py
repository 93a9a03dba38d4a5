"""MongoDB: each collection as mongodump --gzip writes it, `<name>.bson.gz` and `<name>.metadata.json.gz`.

A backup can therefore be read with `mongorestore --gzip` too. All collections are read at one moment where the server
can do that (a snapshot session, MongoDB 5 and later in a replica set).
"""

import gzip
import hashlib
import io
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from bson.codec_options import CodecOptions
from bson.json_util import CANONICAL_JSON_OPTIONS, dumps, loads
from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient
from pymongo.client_session import ClientSession
from pymongo.errors import OperationFailure, PyMongoError

from munbot_datalake.backup.manifest import Collection, Part
from munbot_datalake.backup.problems import BackupError, BackupUnusable, StoreNotEmpty
from munbot_datalake.backup.targets import Target
from munbot_datalake.backup.targets.base import CHUNK

__all__ = ["Mongo", "documents_in"]

Document = RawBSONDocument
_RAW: CodecOptions[Document] = CodecOptions(document_class=RawBSONDocument)
_NOT_OURS = frozenset({"admin", "local", "config"})
_BATCH_BYTES, _BATCH_DOCUMENTS = 8 * 1024 * 1024, 1000
_LENGTH_BYTES = 4


class Mongo:
    """The server, as its superuser."""

    def __init__(self, dsn: str) -> None:
        self._client: MongoClient[Document] = MongoClient(
            dsn, document_class=RawBSONDocument, serverSelectionTimeoutMS=10_000
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def version(self) -> str:
        """Return the server's version."""
        with _explained():
            return str(self._client.server_info()["version"])

    @contextmanager
    def moment(self) -> Iterator[tuple[ClientSession | None, str]]:
        """Give a session that reads everything as of one moment, and its name; none where the server cannot."""
        try:
            with self._client.start_session(snapshot=True) as probe:
                database, collection = next(self.collections(), ("admin", "system.version"))
                self._client[database][collection].find_one({}, session=probe)
        except PyMongoError:
            yield None, "each collection at its own moment"
            return
        with self._client.start_session(snapshot=True) as session:
            yield session, "one snapshot"

    def collections(self) -> Iterator[tuple[str, str]]:
        """Give the names of database and collection of everything that is ours."""
        with _explained():
            for database in sorted(set(self._client.list_database_names()) - _NOT_OURS):
                names = self._client[database].list_collection_names(filter={"type": "collection"})
                for name in sorted(name for name in names if not name.startswith("system.")):
                    yield database, name

    def save(
        self,
        database: str,
        name: str,
        target: Target,
        folder: str,
        *,
        session: ClientSession | None,
        look: Callable[[Document], None] = lambda _: None,
    ) -> tuple[Collection, dict[str, Part]]:
        """Save one collection.

        Args:
            database: its database.
            name: the collection.
            target: where to.
            folder: of the backup.
            session: of `moment`.
            look: is shown each document.
        """
        digest, count = hashlib.sha256(), [0]

        def documents() -> Iterator[bytes]:
            for document in self._client[database][name].find({}, session=session).sort("_id", 1):
                digest.update(document.raw)
                count[0] += 1
                look(document)
                yield bytes(document.raw)

        with _explained():
            described = list(self._client[database].list_collections(filter={"name": name}))
        if not described:
            raise BackupError(f"the collection {database}.{name} is gone")
        options = described[0]
        indexes = [loads(dumps(entry)) for entry in self._client[database][name].list_indexes()]
        about = {"options": options.get("options") or {}, "indexes": indexes, "collectionName": name}
        words = dumps(about, json_options=CANONICAL_JSON_OPTIONS).encode()
        part_name, about_name = f"mongo/{database}/{name}.bson.gz", f"mongo/{database}/{name}.metadata.json.gz"
        with _explained():
            parts = {
                part_name: target.put(f"{folder}/{part_name}", _packed(documents())),
                about_name: target.put(f"{folder}/{about_name}", _packed([words])),
            }
        saved = Collection(
            part=part_name,
            metadata_part=about_name,
            documents=count[0],
            checksum=digest.hexdigest(),
            indexes=sorted(str(index["name"]) for index in indexes),
        )
        return saved, parts

    def filled(self) -> list[str]:
        """Return the collections that hold documents."""
        with _explained():
            found = list(self.collections())
            return [f"{database}.{name}" for database, name in found if self._client[database][name].find_one()]

    def clear(self, database: str, *, force: bool) -> None:
        """Have no such database.

        Raises:
            StoreNotEmpty: it holds documents, and `force` is not set.
        """
        if not force and (filled := [name for name in self.filled() if name.startswith(f"{database}.")]):
            raise StoreNotEmpty(f"the collection {filled[0]} holds documents")
        with _explained():
            self._client.drop_database(database)

    def restore(
        self, database: str, name: str, *, content: Iterable[bytes], about: Iterable[bytes]
    ) -> tuple[int, str, list[str]]:
        """Make a collection with its options, documents and indexes, and read it again.

        The indexes come after the reading, as one of them may let documents expire.

        Returns:
            How many documents it has, their SHA-256 in `_id` order, and the names of its indexes.
        """
        described = loads(b"".join(_unpacked(about)))
        with _explained():
            collection = self._client[database].create_collection(
                name, codec_options=_RAW, **{key: value for key, value in described["options"].items() if key != "uuid"}
            )
            batch: list[Document] = []
            weight = 0
            for raw in documents_in(content):
                batch.append(RawBSONDocument(raw))
                weight += len(raw)
                if weight > _BATCH_BYTES or len(batch) >= _BATCH_DOCUMENTS:
                    collection.insert_many(batch)
                    batch, weight = [], 0
            if batch:
                collection.insert_many(batch)
            digest, count = hashlib.sha256(), 0
            for document in collection.find({}).sort("_id", 1):
                digest.update(document.raw)
                count += 1
            wanted = [
                {key: value for key, value in index.items() if key not in {"v", "ns"}} for index in described["indexes"]
            ]
            if wanted := [index for index in wanted if index["name"] != "_id_"]:
                self._client[database].command("createIndexes", name, indexes=wanted)
            names = sorted(str(loads(dumps(index))["name"]) for index in collection.list_indexes())
        return count, digest.hexdigest(), names


def documents_in(content: Iterable[bytes]) -> Iterator[bytes]:
    """Give the BSON documents of a gzipped file, one by one.

    Raises:
        BackupUnusable: it ends in the middle of one.
    """
    left = b""
    for chunk in _unpacked(content):
        data, at = left + chunk, 0
        while len(data) - at >= _LENGTH_BYTES:
            length = int.from_bytes(data[at : at + _LENGTH_BYTES], "little")
            if length <= _LENGTH_BYTES:
                raise BackupUnusable("a collection's file holds something that is no document")
            if len(data) - at < length:
                break
            yield data[at : at + length]
            at += length
        left = data[at:]
    if left:
        raise BackupUnusable("a collection's file ends in the middle of a document")


def _packed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Compress, with the same bytes for the same content: gzip's time is left out."""
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=3, mtime=0) as packer:
        for piece in pieces:
            packer.write(piece)
            if buffer.tell() > CHUNK:
                yield buffer.getvalue()
                buffer.seek(0)
                buffer.truncate()
    yield buffer.getvalue()


def _unpacked(chunks: Iterable[bytes]) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        for chunk in chunks:
            yield unpacker.decompress(chunk)
        yield unpacker.flush()
    except zlib.error as error:
        raise BackupUnusable(f"a compressed part cannot be read: {error}") from error
    if not unpacker.eof:
        raise BackupUnusable("a compressed part is cut off")


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except OperationFailure as error:
        raise BackupError(
            f"the document store refuses: {error.code} {error.details and error.details.get('errmsg')}"
        ) from error
    except PyMongoError as error:
        raise BackupError(f"the document store does not answer ({type(error).__name__})") from error
