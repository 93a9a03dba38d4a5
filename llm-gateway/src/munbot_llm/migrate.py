"""Preparing the object store: the bucket with its versions, and the demo's documents where asked."""

from munbot_common.logs import get_logger

from munbot_llm.knowledge import seed
from munbot_llm.knowledge.store import KnowledgeStore
from munbot_llm.settings import StoreSettings

log = get_logger("llm.migrate")


class SeedRefused(Exception):
    """Demo data belongs into a demo only."""


def run(settings: StoreSettings, *, seed_demo: bool) -> None:
    """Create what is missing; safe to repeat, beside running processes too.

    Raises:
        SeedRefused: outside demo mode.
    """
    if seed_demo and not settings.is_demo:
        raise SeedRefused("--seed-demo works only with MUNBOT_MODE=demo")
    store = KnowledgeStore(settings)
    store.ensure_bucket()
    if seed_demo:
        written = seed.load(store, settings.demo_seed_dir / "knowledge")
        log.info("seeded", documents=written)
    log.info("migrated", bucket=settings.knowledge_bucket)
