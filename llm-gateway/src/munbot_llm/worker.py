"""The worker of queued jobs: summaries for agents and suggestions of categories, for which nobody waits."""

from datetime import timedelta
from urllib.parse import urlsplit, urlunsplit

from munbot_common.messaging import Consumer, Publisher, Subscription
from munbot_common.worker import run_worker
from munbot_contracts import routing_key
from munbot_contracts.jobs import LLM_JOB_REQUESTED

from munbot_llm.jobs.gateway import GatewayClient
from munbot_llm.jobs.handler import JobHandler
from munbot_llm.settings import WorkerSettings

JOBS = Subscription("llm-gateway.jobs", (routing_key(LLM_JOB_REQUESTED),))
HEARTBEAT_SECONDS = 900
"""A job may take minutes, during which the connection is silent."""
MAX_ATTEMPTS = 1_000_000
"""A job ends by its age, not by how often the gateway was away."""


def run(settings: WorkerSettings) -> int:
    """Work until told to stop; returns the exit code."""
    token = settings.service_token.get_secret_value() if settings.service_token else None
    gateway = GatewayClient(settings.gateway_url, token=token, patience_seconds=settings.job_patience_seconds)
    publisher = Publisher(settings.amqp_url(), name=settings.service_name).start()
    handler = JobHandler(gateway, publisher, max_age=timedelta(seconds=settings.job_max_age_seconds))
    consumer = Consumer(
        _patient(settings.amqp_url()),
        JOBS,
        handler,
        name=settings.service_name,
        prefetch=1,  # the model does one thing at a time; the rest may go to other replicas
        max_attempts=MAX_ATTEMPTS,
    )

    def close() -> None:
        publisher.close()
        gateway.close()

    return run_worker(
        settings,
        {"jobs": consumer.run},
        checks={"broker": publisher.check, "consumer": consumer.check},
        on_stop=close,
    )


def _patient(amqp_url: str) -> str:
    """Return the URL of a connection that may be silent for as long as a job takes."""
    parts = urlsplit(amqp_url)
    query = "&".join(filter(None, [parts.query, f"heartbeat={HEARTBEAT_SECONDS}"]))
    return urlunsplit(parts._replace(query=query))
