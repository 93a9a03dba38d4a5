"""Bring a backup back into empty stores, and compare what came out with what went in."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from munbot_common.clock import Clock, utc_now
from munbot_common.logs import get_logger
from pydantic import BaseModel

from munbot_datalake.backup.catalogue import Catalogue
from munbot_datalake.backup.manifest import Manifest
from munbot_datalake.backup.problems import StoreNotEmpty
from munbot_datalake.backup.settings import BackupSettings
from munbot_datalake.backup.stores.broker import RabbitMQ
from munbot_datalake.backup.stores.mongo import Mongo
from munbot_datalake.backup.stores.objects import Objects, summary
from munbot_datalake.backup.stores.postgres import Postgres
from munbot_datalake.backup.targets import Target, open_target
from munbot_datalake.backup.targets.base import blob_name, checked
from munbot_datalake.store import make_client

__all__ = ["Compared", "Restored", "restore"]

log = get_logger("restore")
Tell = Callable[[str], None]


class Compared(BaseModel):
    """One thing that was compared: a table, a collection, a bucket, the broker's queues."""

    store: str
    name: str
    count: int
    same: bool
    difference: str = ""


class Restored(BaseModel):
    """What a restore did."""

    backup: str
    started_at: datetime
    seconds: float
    phases: dict[str, float]
    compared: list[Compared]

    @property
    def same(self) -> bool:
        """Tell whether everything is as it was."""
        return all(entry.same for entry in self.compared)


def restore(
    settings: BackupSettings,
    name: str,
    *,
    force: bool,
    verified: bool = False,
    clock: Clock = utc_now,
    tell: Tell = lambda _: None,
) -> Restored:
    """Verify a backup, then fill the stores from it, then compare.

    Args:
        settings: the stores, and where from.
        name: of the backup; `latest` for the newest.
        force: replace what the stores hold.
        verified: it was read whole a moment ago; each part is checked again while it is brought back.
        clock: the present moment.
        tell: is told each step.

    Raises:
        BackupUnusable: the backup is not whole; nothing was touched.
        StoreNotEmpty: the stores hold data; nothing was touched.
        BackupError: a store is away or refuses.
    """
    started = clock()
    catalogue = Catalogue(target := open_target(settings))
    manifest = catalogue.read(name)
    phases: dict[str, float] = {}

    @contextmanager
    def phase(what: str) -> Iterator[None]:
        tell(what)
        begun = clock()
        yield
        phases[what] = (clock() - begun).total_seconds()

    if not verified:
        with phase("verify"):
            catalogue.verify(manifest)
    postgres, mongo = Postgres(settings.postgres_dsn()), Mongo(settings.mongo_dsn())
    objects = Objects(make_client(settings, read_seconds=120))
    broker = RabbitMQ(settings.rabbitmq_api_url, settings.rabbitmq_password.get_secret_value())
    compared: list[Compared] = []
    try:
        with postgres.locked():
            if not force:
                _refuse_filled(manifest, postgres, mongo, objects)
            with phase("PostgreSQL"):
                compared += _postgres(manifest, catalogue, postgres, force=force)
            with phase("MongoDB"):
                compared += _mongo(manifest, catalogue, mongo, force=force)
            with phase("objects"):
                for bucket, about in manifest.buckets.items():
                    objects.restore(bucket, about, catalogue.index(manifest, bucket), target, force=force)
                    compared.append(_same_bucket(manifest, bucket, objects))
            with phase("RabbitMQ"):
                queues = broker.restore(catalogue.part(manifest, manifest.broker.part))
                wanted = manifest.broker.queues
                compared.append(_entry("RabbitMQ", "queues", queues, wanted, same=queues >= wanted))
            _bring_model(settings, manifest, target)
    finally:
        mongo.close()
    done = Restored(
        backup=manifest.name,
        started_at=started,
        seconds=(clock() - started).total_seconds(),
        phases=phases,
        compared=compared,
    )
    log.info("restored", backup=manifest.name, seconds=done.seconds, same=done.same)
    return done


def _bring_model(settings: BackupSettings, manifest: Manifest, target: Target) -> None:
    """Put the trained model where there is none yet; one that is there belongs to the code that is there."""
    path = Path(settings.rasa_model_path)
    if manifest.rasa_model is None or not settings.rasa_model_path or path.exists() or not path.parent.parent.is_dir():
        return
    path.parent.mkdir(exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    name = blob_name(manifest.rasa_model.sha256)
    with partial.open("wb") as file:
        for chunk in checked(target.get(name), manifest.rasa_model, name):
            file.write(chunk)
    partial.replace(path)
    path.with_name(f"{path.name}.inputs").write_text(manifest.rasa_inputs, encoding="utf-8")


def _refuse_filled(manifest: Manifest, postgres: Postgres, mongo: Mongo, objects: Objects) -> None:
    databases = sorted(set(postgres.filled()) & set(manifest.databases))
    collections = [name for name in mongo.filled() if name.partition(".")[0] in manifest.collections]
    buckets = sorted(set(objects.filled()) & set(manifest.buckets))
    if filled := [*databases, *collections, *buckets]:
        raise StoreNotEmpty(f"the stores are not empty ({', '.join(filled[:4])}, …): --force replaces what they hold")


def _postgres(manifest: Manifest, catalogue: Catalogue, postgres: Postgres, *, force: bool) -> list[Compared]:
    compared = []
    for name, database in manifest.databases.items():
        postgres.make(name, database.owner, force=force)
        postgres.restore(name, catalogue.part(manifest, database.part))
        found = postgres.count(name)
        for table in sorted(database.tables | found):
            was, now = database.tables.get(table), found.get(table)
            compared.append(
                _entry(
                    "PostgreSQL", f"{name}.{table}", now.rows if now else -1, was.rows if was else -1, same=was == now
                )
            )
    return compared


def _mongo(manifest: Manifest, catalogue: Catalogue, mongo: Mongo, *, force: bool) -> list[Compared]:
    compared = []
    for database, collections in manifest.collections.items():
        mongo.clear(database, force=force)
        for name, saved in collections.items():
            count, checksum, indexes = mongo.restore(
                database,
                name,
                content=catalogue.part(manifest, saved.part),
                about=catalogue.part(manifest, saved.metadata_part),
            )
            same = (count, checksum, indexes) == (saved.documents, saved.checksum, saved.indexes)
            compared.append(_entry("MongoDB", f"{database}.{name}", count, saved.documents, same=same))
    return compared


def _same_bucket(manifest: Manifest, bucket: str, objects: Objects) -> Compared:
    saved = manifest.buckets[bucket]
    found = summary(objects.read(bucket), part=saved.part, versioning=saved.versioning)
    return _entry("objects", bucket, found.versions, saved.versions, same=found == saved)


def _entry(store: str, name: str, count: int, wanted: int, *, same: bool) -> Compared:
    difference = "" if same else f"{count} instead of {wanted}" if count != wanted else "the content differs"
    return Compared(store=store, name=name, count=count, same=same, difference=difference)
