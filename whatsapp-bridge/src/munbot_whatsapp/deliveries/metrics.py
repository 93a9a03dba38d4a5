"""Prometheus metrics of what goes out."""

from prometheus_client import Counter, Histogram

SENDS = Counter(
    "munbot_whatsapp_sends_total", "Calls that hand a message to a provider, by what it said", ["provider", "outcome"]
)
SEND_SECONDS = Histogram(
    "munbot_whatsapp_send_seconds",
    "One call that hands a message to a provider",
    ["provider"],
    buckets=(0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20),
)
QUEUED_SECONDS = Histogram(
    "munbot_whatsapp_queued_seconds",
    "From queueing a message to its first call of the provider",
    buckets=(0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 60, 600, 3600),
)
ACCOUNTS_STOPPED = Counter(
    "munbot_whatsapp_accounts_stopped_total", "Accounts that stopped sending until somebody looks", ["account", "code"]
)
