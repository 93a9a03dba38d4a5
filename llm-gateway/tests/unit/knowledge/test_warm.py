"""What is embedded while an image is built is what the first start would have to."""

import pytest
from munbot_llm.knowledge.warm import main, seed_passages
from munbot_llm.retrieval.cache import EmbeddingCache
from munbot_llm.retrieval.embedder import Embedder
from munbot_llm.retrieval.index import TenantIndex

PAIRS = "- question: ¿Abre la ludoteca?\n  also: [cuando abre la ludo]\n  answer: Abre los sábados a las 10:15.\n"


def test_a_warm_cache_leaves_nothing_to_embed(tmp_path, monkeypatch):
    folder = tmp_path / "seeds" / "valle-claro"
    folder.mkdir(parents=True)
    (folder / "preguntas.yml").write_text(PAIRS, encoding="utf-8")
    (folder / "ludoteca.md").write_text(
        "# Ludoteca\n\n## Horario\nAbre los sábados de 10:15 a 12:45.\n", encoding="utf-8"
    )
    assert main([str(tmp_path / "seeds"), str(tmp_path / "cache.sqlite")]) == 0

    embedder = Embedder()
    for method in ("queries", "passages"):
        monkeypatch.setattr(embedder, method, lambda texts: pytest.fail(f"embedded again: {texts}"))
    cache = EmbeddingCache(tmp_path / "cache.sqlite", embedder)
    index = TenantIndex.build(list(seed_passages("valle-claro", folder)), cache)
    assert {passage.text for passage in index.passages} >= {"Abre los sábados a las 10:15."}
    cache.close()
