"""Measurements of jobs."""

from prometheus_client import Counter

JOBS = Counter("munbot_llm_jobs_total", "Jobs by kind and by what became of them", ["kind", "outcome"])
