"""Measurements of child processes and the queues before them."""

from prometheus_client import Counter, Gauge, Histogram

_SECONDS = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 120)

STATE = Gauge("munbot_process_state", "1 for the state that a process is in", ["process", "state"])
RESTARTS = Counter("munbot_process_restarts_total", "Starts after a death, by its cause", ["process", "cause"])
QUEUE_LENGTH = Gauge("munbot_process_queue_length", "Requests that wait for their turn", ["process"])
QUEUE_SECONDS = Histogram("munbot_process_queue_seconds", "Time until a request's turn", ["process"], buckets=_SECONDS)
QUEUE_REFUSED = Counter(
    "munbot_process_queue_refused_total", "Requests refused because the queue was full", ["process"]
)
REQUESTS = Counter("munbot_process_requests_total", "Requests by how they ended", ["process", "outcome"])
FREE_SECONDS = Histogram(
    "munbot_process_free_seconds",
    "Time from giving a request up until its process is free",
    ["process"],
    buckets=(0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)
