"""What Prometheus learns about the documents."""

from prometheus_client import Counter, Gauge, Histogram

DOCUMENTS = Gauge("munbot_knowledge_documents", "Documents and pairs that answers are looked for in", ["tenant"])
PASSAGES = Gauge("munbot_knowledge_passages", "Passages that answers are looked for in", ["tenant"])
UNREADABLE = Gauge("munbot_knowledge_unreadable_documents", "document.json files that cannot be read", ["tenant"])
INDEX_SECONDS = Histogram(
    "munbot_knowledge_index_seconds",
    "Time to build a tenant's index, embeddings included",
    buckets=(0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 1200),
)
INDEX_ERRORS = Counter("munbot_knowledge_index_errors_total", "Indexes that could not be built")
SYNC_ERRORS = Counter("munbot_knowledge_sync_errors_total", "Looks at the object store that failed")
STORE_UP = Gauge("munbot_knowledge_store_up", "1 while the object store answers; at 0 answers come from memory")
IMPORTS = Counter("munbot_knowledge_imports_total", "Uploads by what became of them", ["outcome"])
