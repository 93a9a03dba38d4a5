"""Prometheus metrics of sending."""

from prometheus_client import Counter, Gauge, Histogram

ATTEMPTS = Counter("munbot_notification_attempts_total", "Attempts by how they ended", ["channel", "outcome"])
SECONDS = Histogram(
    "munbot_notification_seconds",
    "Time from being due until handed over",
    ["channel"],
    buckets=(0.2, 0.5, 1, 2, 5, 15, 60, 300, 900, 3600, 14_400, 86_400),
)
AWAY = Gauge("munbot_notification_channel_away", "1 while a channel's server cannot be reached", ["channel"])
