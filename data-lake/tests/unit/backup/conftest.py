"""A backup in a folder, made by hand as the program makes it."""

import gzip
import hashlib
from datetime import UTC, datetime

import pytest
from munbot_datalake.backup.catalogue import Catalogue
from munbot_datalake.backup.manifest import Broker, Bucket, Manifest, dump_manifest
from munbot_datalake.backup.stores.objects import Version, summary
from munbot_datalake.backup.targets.folder import FolderTarget


@pytest.fixture
def target(tmp_path):
    return FolderTarget(str(tmp_path / "target"), "demo")


@pytest.fixture
def catalogue(target):
    return Catalogue(target)


@pytest.fixture
def make(target):
    """Callable: write a whole backup with one dump and some objects, and return its manifest."""

    def write(moment=datetime(2026, 11, 21, 6, tzinfo=UTC), contents=(b"one", b"two"), **fields):
        name = f"{moment:%Y-%m-%dT%H%M%SZ}"
        versions = []
        for content in contents:
            target.put_blob([content])
            sha256 = hashlib.sha256(content).hexdigest()
            versions.append(Version(key=f"k/{sha256[:4]}", size=len(content), sha256=sha256))
        lines = "".join(version.model_dump_json() + "\n" for version in versions)
        parts = {
            "postgres/a.dump": target.put(f"{name}/postgres/a.dump", [b"PGDMP", b"x" * 5000]),
            "objects/b.jsonl.gz": target.put(f"{name}/objects/b.jsonl.gz", [gzip.compress(lines.encode())]),
        }
        about: Bucket = summary(versions, part="objects/b.jsonl.gz", versioning="Enabled")
        manifest = Manifest(
            name=name,
            project="demo",
            started_at=moment,
            ended_at=moment,
            version="dev",
            postgres_version="15",
            mongo_version="7",
            mongo_consistency="one snapshot",
            databases={},
            collections={},
            buckets={"b": about},
            broker=Broker(part="", queues=0, waiting=0),
            parts=parts,
            **fields,
        )
        target.put(f"{name}/manifest.json", [dump_manifest(manifest)])
        return manifest

    return write
