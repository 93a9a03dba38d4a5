"""Prometheus metrics of what comes in."""

from prometheus_client import Counter, Histogram

WEBHOOKS = Counter(
    "munbot_whatsapp_webhooks_total",
    "Requests of providers by what became of them",
    ["provider", "outcome"],
)
INBOUND = Counter("munbot_whatsapp_inbound_total", "Messages of citizens handed on", ["provider", "kind"])
DUPLICATES = Counter("munbot_whatsapp_duplicates_total", "Repetitions dropped before the broker", ["provider"])
DROPPED = Counter("munbot_whatsapp_dropped_total", "What of webhooks was left out, by reason", ["provider", "reason"])
STATUSES = Counter("munbot_whatsapp_statuses_total", "What providers said of our messages", ["status", "outcome"])
MEDIA = Counter("munbot_whatsapp_media_total", "Files of citizens by what became of them", ["kind", "outcome"])
MARKS = Counter("munbot_whatsapp_read_marks_total", "Messages to be shown as read, by what became of it", ["outcome"])
MEDIA_SECONDS = Histogram(
    "munbot_whatsapp_media_seconds",
    "From taking up a file to telling of it, transcript included",
    buckets=(0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 40, 80),
)
OPTS = Counter("munbot_whatsapp_opts_total", "Citizens who refused our messages, or wanted them again", ["opt"])
