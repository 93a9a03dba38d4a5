"""Prometheus metrics of the simulator."""

from prometheus_client import Counter

WEBHOOKS = Counter("munbot_simulator_webhooks_total", "Webhooks posted, by what the platform answered", ["answer"])
SENDS = Counter("munbot_simulator_sends_total", "Messages that offices sent, by error code; 0 when taken", ["code"])
