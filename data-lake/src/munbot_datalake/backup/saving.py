"""Make a backup: stores in an order that leaves nothing pointing at what is missing, then the manifest, then tidying.

Complaints and conversations are read before the files they name, and the files are never deleted before their time: so
every file that a saved complaint names is saved too. That is checked at the end, and written down.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bson.raw_bson import RawBSONDocument
from munbot_common.clock import Clock, utc_now
from munbot_common.logs import get_logger

from munbot_datalake.backup.catalogue import Catalogue
from munbot_datalake.backup.manifest import Manifest, Part, dump_manifest
from munbot_datalake.backup.problems import BackupError, NoRecoveryKey
from munbot_datalake.backup.retention import kept
from munbot_datalake.backup.sealing import seal
from munbot_datalake.backup.settings import BackupSettings
from munbot_datalake.backup.stores.broker import RabbitMQ
from munbot_datalake.backup.stores.mongo import Mongo
from munbot_datalake.backup.stores.objects import Objects
from munbot_datalake.backup.stores.postgres import Postgres
from munbot_datalake.backup.targets import Target, open_target
from munbot_datalake.backup.targets.base import CHUNK
from munbot_datalake.store import make_client

__all__ = ["Saver", "make_backup", "name_of", "refuse_without_key"]

log = get_logger("backup")

_COMPLAINTS = "complaints"
_ATTACHMENTS = "attachments"
Tell = Callable[[str], None]


def make_backup(settings: BackupSettings, *, clock: Clock = utc_now, tell: Tell = lambda _: None) -> Manifest:
    """Save everything, and remove what has had its time.

    Args:
        settings: the stores, and where to.
        clock: the present moment.
        tell: is told each step.

    Raises:
        BackupError: a store or the target is away or refuses; there is no backup then.
        NoRecoveryKey: secrets could not be sealed, outside the demo.
    """
    refuse_without_key(settings)
    postgres = Postgres(settings.postgres_dsn())
    with postgres.locked():
        target = open_target(settings)
        return Saver(settings, postgres, target, clock=clock, tell=tell).save()


def refuse_without_key(settings: BackupSettings) -> None:
    """Refuse to save without a recovery key where lives depend on it.

    Raises:
        NoRecoveryKey: it is not the demo, and nobody gave one.
    """
    if not settings.is_demo and not settings.recipient():
        raise NoRecoveryKey("there is no recovery key, so secrets cannot be sealed: ./munbot recovery-key")


def name_of(moment: datetime) -> str:
    """Return the name of a backup that began at a moment in UTC."""
    return f"{moment:%Y-%m-%dT%H%M%SZ}"


class Saver:
    """One backup in the making."""

    def __init__(
        self, settings: BackupSettings, postgres: Postgres, target: Target, *, clock: Clock, tell: Tell
    ) -> None:
        self._settings = settings
        self._postgres = postgres
        self._target = target
        self._catalogue = Catalogue(target)
        self._clock = clock
        self._tell = tell
        self._parts: dict[str, Part] = {}
        self._wanted_files: set[str] = set()
        self._complaints_with_files = 0

    def save(self) -> Manifest:
        """Save everything; returns what was saved."""
        started = self._clock()
        name = name_of(started)
        if name in self._catalogue.names():
            raise BackupError(f"there is a backup {name} already")
        previous = self._catalogue.newest()
        mongo = Mongo(self._settings.mongo_dsn())
        try:
            content = {
                "postgres_version": self._postgres.version(),
                "mongo_version": mongo.version(),
                "databases": self._databases(name),
                **self._collections(mongo, name),
                **self._buckets(name, previous),
            }
        finally:
            mongo.close()
        content |= {**self._broker(name), **self._secrets(name), **self._model()}
        manifest = Manifest.model_validate(
            {
                "name": name,
                "project": self._settings.backup_namespace,
                "started_at": started,
                "ended_at": self._clock(),
                "version": self._settings.munbot_version,
                "commit": self._settings.munbot_commit,
                "parts": self._parts,
                **content,
            }
        )
        self._check(name, manifest)
        self._target.put(f"{name}/manifest.json", [dump_manifest(manifest)])
        self._tidy()
        log.info("backup_made", backup=name, seconds=manifest.seconds, new_bytes=manifest.new_blob_bytes)
        return manifest

    def _databases(self, name: str) -> dict[str, object]:
        found: dict[str, object] = {}
        for database, owner in self._postgres.databases().items():
            self._tell(f"PostgreSQL {database}")
            try:
                saved, part = self._postgres.save(database, owner, self._target, name)
            except BackupError:
                if database in self._postgres.databases():
                    raise
                continue  # dropped since it was listed
            found[database] = saved
            self._parts[saved.part] = part
        return found

    def _collections(self, mongo: Mongo, name: str) -> dict[str, object]:
        found: dict[str, dict[str, object]] = {}
        with mongo.moment() as (session, consistency):
            for database, collection in mongo.collections():
                self._tell(f"MongoDB {database}.{collection}")
                look = self._note_files if collection == _COMPLAINTS else lambda _: None
                try:
                    saved, parts = mongo.save(database, collection, self._target, name, session=session, look=look)
                except BackupError:
                    if (database, collection) in mongo.collections():
                        raise
                    continue  # dropped since it was listed
                found.setdefault(database, {})[collection] = saved
                self._parts |= parts
        return {"collections": found, "mongo_consistency": consistency}

    def _note_files(self, complaint: RawBSONDocument) -> None:
        """Remember where the files of a complaint must be (complaints-api, attachments: `object_key`)."""
        links = complaint.get("attachments") or ()
        self._complaints_with_files += bool(links)
        tenant = complaint.get("tenant_id")
        self._wanted_files |= {f"{tenant}/kept/{link['id']}/{link['filename']}" for link in links}

    def _buckets(self, name: str, previous: Manifest | None) -> dict[str, object]:
        objects = Objects(make_client(self._settings, read_seconds=120))
        found: dict[str, object] = {}
        present: set[str] = set()
        blobs = size = 0
        for bucket in objects.buckets():
            if self._is_target(bucket):
                continue
            self._tell(f"bucket {bucket}")
            earlier = self._catalogue.index(previous, bucket) if previous and bucket in previous.buckets else []
            known = {version.mark: version for version in earlier if not version.deleted}
            try:
                saved = objects.save(bucket, self._target, name, known)
            except BackupError:
                if bucket in objects.buckets():
                    raise
                continue  # removed since it was listed
            found[bucket] = saved.bucket
            self._parts[saved.bucket.part] = saved.part
            blobs, size = blobs + saved.new_blobs, size + saved.new_bytes
            if bucket == _ATTACHMENTS:
                present = saved.present
        missing = sorted(self._wanted_files - present)
        if missing:
            log.error("complaints_name_missing_files", count=len(missing))
        return {
            "buckets": found,
            "new_blobs": blobs,
            "new_blob_bytes": size,
            "complaints_with_files": self._complaints_with_files,
            "missing_files": missing,
        }

    def _is_target(self, bucket: str) -> bool:
        """Tell whether backups lie in a bucket: they do not hold themselves."""
        place = self._settings.backup_target.removeprefix("s3://")
        return bucket == "backups" or (place != self._settings.backup_target and bucket == place.partition("/")[0])

    def _broker(self, name: str) -> dict[str, object]:
        self._tell("RabbitMQ")
        password = self._settings.rabbitmq_password.get_secret_value()
        saved, part = RabbitMQ(self._settings.rabbitmq_api_url, password).save(self._target, name)
        self._parts[saved.part] = part
        return {"broker": saved}

    def _secrets(self, name: str) -> dict[str, object]:
        recipient = self._settings.recipient()
        if not recipient:
            log.warning("secrets_not_saved", reason="there is no recovery key")
            return {}
        self._tell("secrets")
        sealed = seal(self._settings.secrets_dir, recipient)
        self._parts["secrets.age"] = self._target.put(f"{name}/secrets.age", [sealed])
        return {"secrets_part": "secrets.age", "recipient": recipient}

    def _model(self) -> dict[str, object]:
        path = Path(self._settings.rasa_model_path)
        if not self._settings.rasa_model_path or not path.is_file():
            return {}
        self._tell("Rasa's model")
        with path.open("rb") as file:
            part, _ = self._target.put_blob(iter(lambda: file.read(CHUNK), b""))
        inputs = path.with_name(f"{path.name}.inputs")
        return {"rasa_model": part, "rasa_inputs": inputs.read_text(encoding="utf-8") if inputs.is_file() else ""}

    def _check(self, name: str, manifest: Manifest) -> None:
        for part, expected in manifest.parts.items():
            if self._target.size(f"{name}/{part}") != expected.size:
                raise BackupError(f"{part} is not in the target as it was written")

    def _tidy(self) -> None:
        """Remove backups that have had their time, what was left half made, and blobs that nobody names."""
        settings = self._settings
        moments = {manifest.started_at: manifest.name for manifest in self._catalogue.manifests()}
        stay = kept(
            moments,
            self._clock(),
            ZoneInfo(settings.backup_zone),
            daily=settings.backup_keep_daily,
            weekly=settings.backup_keep_weekly,
            monthly=settings.backup_keep_monthly,
        )
        for moment in sorted(moments.keys() - stay):
            self._catalogue.remove(moments[moment])
            log.info("backup_removed", backup=moments[moment])
        self._catalogue.sweep()
