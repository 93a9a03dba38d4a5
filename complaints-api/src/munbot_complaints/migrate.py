"""Preparing the stores: indexes, the bucket, and the demo's data where asked."""

from munbot_common.logs import get_logger

from munbot_complaints import indexes, mongo, seed
from munbot_complaints.attachments.storage import ObjectStore
from munbot_complaints.settings import StoreSettings

log = get_logger("complaints.migrate")


def run(settings: StoreSettings, *, seed_demo: bool) -> None:
    """Create what is missing; safe to repeat, beside running processes too."""
    store = ObjectStore(settings)
    with mongo.connect(settings, pool_size=4) as client:
        database = mongo.open_database(client, settings)
        indexes.ensure_indexes(database)
        store.ensure_bucket()
        if seed_demo:
            created = seed.load(database, store, settings.demo_seed_dir / "complaints.yml")
            log.info("seeded", complaints=created)
    log.info("migrated", database=settings.mongo_database, bucket=settings.attachments_bucket)
