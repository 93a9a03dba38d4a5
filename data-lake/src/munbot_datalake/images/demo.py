"""The demo's pictures: maps of how to get to its offices."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import yaml
from munbot_common.database import make_engine, make_session_factory, unit_of_work
from munbot_common.logs import get_logger

from munbot_datalake.diskcache import DiskCache
from munbot_datalake.images import repository
from munbot_datalake.images.maps import Map, draw
from munbot_datalake.images.service import Images
from munbot_datalake.settings import MigrateSettings
from munbot_datalake.store import make_client

log = get_logger("datalake.demo")

AUTHOR = "demo"


def seed(settings: MigrateSettings) -> int:
    """Draw the maps of `pictures.yml` that are not there yet; return how many those were.

    Raises:
        RuntimeError: outside the demo.
    """
    if not settings.is_demo:
        msg = "demo data are refused outside the demo"
        raise RuntimeError(msg)
    body = yaml.safe_load((settings.demo_seed_dir / "pictures.yml").read_text(encoding="utf-8"))
    engine = make_engine(settings)
    factory = make_session_factory(engine)
    added = 0
    try:
        with tempfile.TemporaryDirectory() as folder:
            images = Images(factory, make_client(settings), settings.images_bucket, DiskCache(Path(folder), 1))
            for one in map(Map.model_validate, body["maps"]):
                with unit_of_work(factory) as session:
                    known = repository.find(session, one.catalogue, one.name)
                if known is None:
                    images.save(
                        tenant=one.tenant,
                        catalogue=one.catalogue,
                        name=one.name,
                        content=draw(one),
                        by=AUTHOR,
                        now=datetime.now(UTC),
                    )
                    added += 1
        log.info("demo_pictures", added=added)
    finally:
        engine.dispose()
    return added
