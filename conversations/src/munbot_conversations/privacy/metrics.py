"""Prometheus metrics of the clock of personal data."""

from prometheus_client import Counter

EXPIRED = Counter("munbot_conversations_expired_total", "What the clock of personal data has emptied", ["kind"])
