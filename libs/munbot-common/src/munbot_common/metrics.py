"""Prometheus metrics that every service has."""

from prometheus_client import Counter, Histogram

HTTP_SECONDS = Histogram(
    "munbot_http_request_seconds",
    "Time from the first byte in to the last byte out",
    ["method", "route", "status"],
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30),
)
EVENTS_PUBLISHED = Counter("munbot_events_published_total", "Events confirmed by the broker", ["key"])
EVENTS_CONSUMED = Counter("munbot_events_consumed_total", "Deliveries by what became of them", ["queue", "outcome"])
EVENT_SECONDS = Histogram("munbot_event_handling_seconds", "Time to handle one delivery", ["queue"])
OUTBOX_RELAYED = Counter("munbot_outbox_relayed_total", "Outbox rows handed to the broker", ["service"])
