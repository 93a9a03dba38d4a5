"""The backups in a target: which there are, whether they are whole, and what they name."""

import re
from collections.abc import Iterator

from munbot_datalake.backup.manifest import Manifest, Part, load_manifest
from munbot_datalake.backup.problems import BackupUnusable
from munbot_datalake.backup.stores.objects import Version, read_index
from munbot_datalake.backup.targets import Target
from munbot_datalake.backup.targets.base import blob_name, checked

__all__ = ["LATEST", "Catalogue"]

LATEST = "latest"
_NAME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{6}Z")
_DAY = 86_400.0


class Catalogue:
    """What a target holds."""

    def __init__(self, target: Target) -> None:
        self._target = target

    def names(self) -> list[str]:
        """Return the names of whole backups, newest first: a manifest is written last."""
        names = {name.partition("/")[0] for name in self._target.names("") if name.endswith("/manifest.json")}
        return sorted((name for name in names if _NAME.fullmatch(name)), reverse=True)

    def read(self, name: str) -> Manifest:
        """Read the manifest of one backup, or of the newest for `latest`.

        Raises:
            BackupUnusable: there is no such backup, or its manifest is not what was written.
        """
        if name == LATEST:
            names = self.names()
            if not names:
                raise BackupUnusable("there is no backup yet")
            name = names[0]
        if not _NAME.fullmatch(name) or self._target.size(f"{name}/manifest.json") is None:
            raise BackupUnusable(f"there is no whole backup {name}")
        try:
            manifest = load_manifest(b"".join(self._target.get(f"{name}/manifest.json")))
        except BackupUnusable as error:
            raise BackupUnusable(f"{name}: {error}") from error
        if manifest.name != name:
            raise BackupUnusable(f"{name}: its manifest is of {manifest.name}")
        return manifest

    def manifests(self) -> Iterator[Manifest]:
        """Give the manifests that can be read, newest first."""
        for name in self.names():
            try:
                yield self.read(name)
            except BackupUnusable:
                continue

    def newest(self) -> Manifest | None:
        """Return the newest backup that can be read."""
        return next(self.manifests(), None)

    def part(self, manifest: Manifest, name: str) -> Iterator[bytes]:
        """Read a part, and make sure at its end that it is what was written.

        Raises:
            BackupUnusable: it is not.
        """
        try:
            expected = manifest.parts[name]
        except KeyError:
            raise BackupUnusable(f"{manifest.name} has no part {name}") from None
        return checked(self._target.get(f"{manifest.name}/{name}"), expected, name)

    def index(self, manifest: Manifest, bucket: str) -> list[Version]:
        """Return the versions of a bucket, each key's oldest first."""
        return read_index(self.part(manifest, manifest.buckets[bucket].part))

    def blobs(self, manifest: Manifest) -> dict[str, Part]:
        """Return the contents that a backup names, by their name in the target."""
        found = {}
        for bucket in manifest.buckets:
            for version in self.index(manifest, bucket):
                if not version.deleted:
                    found[blob_name(version.sha256)] = Part(size=version.size, sha256=version.sha256)
        if model := manifest.rasa_model:
            found[blob_name(model.sha256)] = model
        return found

    def verify(self, manifest: Manifest) -> int:
        """Read a backup whole, and compare every file with what was written; returns how many files.

        Raises:
            BackupUnusable: something is missing, cut off or altered.
        """
        for name in manifest.parts:
            for _ in self.part(manifest, name):
                pass
        blobs = self.blobs(manifest)
        for name, expected in blobs.items():
            for _ in checked(self._target.get(name), expected, name):
                pass
        return len(manifest.parts) + len(blobs)

    def remove(self, name: str) -> None:
        """Remove a backup, its manifest first: what is left of it is none."""
        self._target.remove(f"{name}/manifest.json")
        for part in list(self._target.names(f"{name}/")):
            self._target.remove(part)

    def sweep(self) -> None:
        """Remove what a backup left half made, and contents that no backup names; call it under the lock."""
        whole = set(self.names())
        named = {name.partition("/")[0] for name in self._target.names("")}
        for name in sorted(name for name in named - whole if _NAME.fullmatch(name)):
            self.remove(name)
        try:
            used = {part.sha256 for name in whole for part in self.blobs(self.read(name)).values()}
        except BackupUnusable:
            return  # a manifest or an index that cannot be read: what it names is not known, so everything stays
        for sha256, age in list(self._target.blob_ages()):
            if sha256 not in used and age > _DAY:
                self._target.remove(blob_name(sha256))
