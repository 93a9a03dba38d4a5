"""Measurements of the language model."""

from prometheus_client import Counter, Gauge, Histogram

TOKENS = Counter("munbot_model_tokens_total", "Tokens by kind: prompt, cached (of these, kept), completion", ["kind"])
SPEED = Histogram(
    "munbot_model_tokens_per_second",
    "Speed of writing, from the first token to the last",
    buckets=(1, 2, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 256),
)
FIRST_TOKEN_SECONDS = Histogram(
    "munbot_model_first_token_seconds",
    "Time from the request to the first text, waiting included",
    buckets=(0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60),
)
ANSWERS = Counter("munbot_model_answers_total", "Answers by how they ended", ["outcome"])
STATE = Gauge("munbot_model_state", "1 for the state that the model is in", ["state"])
