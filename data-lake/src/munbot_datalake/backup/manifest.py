"""What a backup says about itself. It is written last: a folder without it is no backup."""

import hashlib
import json
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from munbot_datalake.backup.problems import BackupUnusable

__all__ = [
    "FORMAT",
    "Broker",
    "Bucket",
    "Collection",
    "Database",
    "Manifest",
    "Part",
    "Table",
    "dump_manifest",
    "load_manifest",
]

FORMAT = 1
"""Raised when an older program could not bring back a newer backup."""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Part(_Entry):
    """A file of the backup: bytes, and SHA-256 in hexadecimal."""

    size: int
    sha256: str


class Table(_Entry):
    """Rows, and a sum over hashes of their text that does not depend on their order."""

    rows: int
    checksum: str


class Database(_Entry):
    """One PostgreSQL database.

    Args:
        part: `pg_dump -Fc`.
        owner: its role.
        migration: Alembic's head, where the database has one.
        tables: by `schema.table`, counted in the snapshot that was dumped.
    """

    part: str
    owner: str
    migration: str = ""
    tables: dict[str, Table]


class Collection(_Entry):
    """One collection of documents: mongodump's own two files, and the SHA-256 of the documents in `_id` order."""

    part: str
    metadata_part: str
    documents: int
    checksum: str
    indexes: list[str]


class Bucket(_Entry):
    """One bucket: its list of versions is a part, its contents lie among the blobs."""

    part: str
    versioning: str
    keys: int
    versions: int
    delete_markers: int
    size: int
    checksum: str


class Broker(_Entry):
    """RabbitMQ's definitions, and how many messages waited: those are not saved (their outboxes are)."""

    part: str
    queues: int
    waiting: int


class Manifest(_Entry):
    """One backup, whole."""

    format: int = FORMAT
    name: str
    project: str
    started_at: datetime
    ended_at: datetime
    version: str
    commit: str = ""
    postgres_version: str
    mongo_version: str
    mongo_consistency: str
    databases: dict[str, Database]
    collections: dict[str, dict[str, Collection]]
    buckets: dict[str, Bucket]
    broker: Broker
    secrets_part: str = Field(default="", description="empty: this backup holds no secrets")
    recipient: str = ""
    rasa_model: Part | None = Field(default=None, description="a blob")
    rasa_inputs: str = Field(default="", description="the hash of what the model was trained from")
    complaints_with_files: int = 0
    missing_files: list[str] = Field(default_factory=list, description="referred to by a complaint, but not there")
    new_blobs: int = 0
    new_blob_bytes: int = 0
    parts: dict[str, Part]

    @property
    def seconds(self) -> float:
        """Return how long it took."""
        return (self.ended_at - self.started_at).total_seconds()


def dump_manifest(manifest: Manifest) -> bytes:
    """Write a manifest with a checksum over itself."""
    content = manifest.model_dump(mode="json")
    return json.dumps({**content, "checksum": _checksum(content)}, indent=1, ensure_ascii=False).encode() + b"\n"


def load_manifest(data: bytes) -> Manifest:
    """Read a manifest.

    Raises:
        BackupUnusable: it is cut off, altered, or of a later format.
    """
    try:
        content: dict[str, Any] = json.loads(data)
        said = content.pop("checksum")
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise BackupUnusable("the manifest is cut off or is not one") from error
    if not isinstance(content.get("format"), int) or content["format"] > FORMAT:
        raise BackupUnusable(f"the manifest has format {content.get('format')}; this program reads up to {FORMAT}")
    if said != _checksum(content):
        raise BackupUnusable("the manifest was altered: its checksum is another")
    try:
        return Manifest.model_validate(content)
    except ValidationError as error:
        raise BackupUnusable(f"the manifest cannot be read: {error.errors()[0]['msg']}") from error


def _checksum(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
