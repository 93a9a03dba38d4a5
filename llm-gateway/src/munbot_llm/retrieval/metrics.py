"""Figures about vectors."""

from prometheus_client import Counter

EMBEDDING_CACHE = Counter(
    "munbot_llm_embedding_cache_total", "Texts of documents by whether their vector was kept", ["outcome"]
)
