"""Prometheus metrics of turns."""

from prometheus_client import Counter, Gauge, Histogram

_BUCKETS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30)

PENDING = Gauge("munbot_conversations_pending_messages", "Messages that wait for an answer")
TURN_SECONDS = Histogram(
    "munbot_conversations_turn_seconds", "From taking a message to stored replies", buckets=_BUCKETS
)
RASA_SECONDS = Histogram("munbot_conversations_rasa_seconds", "Rasa's share of a turn", buckets=_BUCKETS)
TURNS = Counter("munbot_conversations_turns_total", "Turns by what came of them", ["outcome"])
DISCARDED = Counter("munbot_conversations_discarded_replies_total", "Replies too late: a person had taken over")
RASA_UP = Gauge("munbot_conversations_rasa_up", "1 while Rasa answers")
