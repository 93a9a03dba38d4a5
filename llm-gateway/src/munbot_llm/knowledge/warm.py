"""python -m munbot_llm warm SEEDS CACHE: embed the demo's documents while an image is built, not at its first start."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from munbot_llm.documents import import_document
from munbot_llm.documents.passages import Passage
from munbot_llm.knowledge.rules import document_id, pair_document_id
from munbot_llm.knowledge.schemas import pair_passage
from munbot_llm.knowledge.seed import PAIRS, read_pairs
from munbot_llm.knowledge.texts import text
from munbot_llm.retrieval.cache import EmbeddingCache
from munbot_llm.retrieval.embedder import Embedder, all_cores
from munbot_llm.retrieval.index import TenantIndex


def main(arguments: list[str]) -> int:
    """Fill a cache of vectors; what is in it already is not computed again."""
    parser = argparse.ArgumentParser(prog="munbot_llm warm", description=__doc__)
    parser.add_argument("seeds", type=Path, help="a folder with one folder for each tenant")
    parser.add_argument("cache", type=Path, help="the file, made when absent")
    options = parser.parse_args(arguments)
    cache = EmbeddingCache(options.cache, Embedder(all_cores()))
    for folder in sorted(path for path in options.seeds.iterdir() if path.is_dir()):
        TenantIndex.build(list(seed_passages(folder.name, folder)), cache)
    cache.close()
    return 0


def seed_passages(tenant: str, folder: Path) -> Iterator[Passage]:
    """Give the passages that seeding makes of a tenant's folder."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")):
        if path.suffix in PAIRS:
            for pair_id, body in read_pairs(path.read_text(encoding="utf-8")):
                yield pair_passage(pair_document_id(pair_id), text("pairs", "document"), body)
        else:
            yield from import_document(document_id(tenant, path.name), path.name, path.read_bytes()).passages
