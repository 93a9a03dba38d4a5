"""Figures about answers."""

from prometheus_client import Counter, Histogram

ANSWERS = Counter("munbot_llm_answers_total", "Answers by how they came about", ["mode"])
ANSWER_SECONDS = Histogram(
    "munbot_llm_answer_seconds",
    "Time to answer a question, by how it was answered",
    ["mode"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)
ANSWER_CACHE = Counter("munbot_llm_answer_cache_total", "Questions by whether their answer was remembered", ["outcome"])
GENERATED = Counter(
    "munbot_llm_generated_total", "Tries at an answer in a model's words, by what came of them", ["outcome"]
)
