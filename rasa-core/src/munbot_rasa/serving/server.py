"""Start Rasa's server with our settings, stores and patches."""

from __future__ import annotations

import logging
import os
import warnings
from typing import Any

from munbot_rasa.project import Project
from munbot_rasa.serving.settings import ServerSettings

logger = logging.getLogger(__name__)


def prepare_process(*, threads: int = 1) -> None:
    """Set what must be set before numpy, TensorFlow or Rasa are imported.

    Args:
        threads: for the numerical libraries; a single sentence gains nothing from a second one.
    """
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, str(threads))
    # Threads that wait for each other must not spin: on a busy machine that doubles the work.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ["SQLALCHEMY_SILENCE_UBER_WARNING"] = "1"
    os.environ["SANIC_WORKERS"] = "1"
    warnings.showwarning = _show_warning
    if os.environ.get("RASA_WITH_TENSORFLOW") != "1":
        from munbot_rasa import without_tensorflow

        without_tensorflow.install()


def _show_warning(message: Warning | str, category: type[Warning], *_place: Any) -> None:
    """Log what a user can mend; the old libraries that Rasa pins warn of their own future at every import."""
    if not issubclass(category, (DeprecationWarning, PendingDeprecationWarning)):
        logger.warning("%s: %s", category.__name__, message)


def configure_logs(level: str) -> None:
    """Write Rasa's and our log lines as JSON to standard error, without the texts of citizens.

    Args:
        level: name of a logging level; DEBUG is refused, because Rasa's debug lines carry messages and slots.
    """
    import structlog
    from rasa.utils.common import configure_logging_and_warnings

    number = max(logging.getLevelName(level), logging.INFO)
    shared = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.processors.format_exc_info,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    configure_logging_and_warnings(log_level=number, filter_repeated_logs=False)
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.processors.format_exc_info],
            processors=[
                _add_service,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    logging.getLogger().handlers = [handler]
    # apscheduler, aiohttp and Sanic say each request twice.
    for name in ("apscheduler", "sanic.access", "matplotlib"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _add_service(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    return {"service": "rasa", **event}


def serve(project: Project, settings: ServerSettings) -> None:
    """Serve the trained model until the process is told to stop.

    Raises:
        FileNotFoundError: when no model was trained yet.
    """
    if not project.model.is_file():
        raise FileNotFoundError(f"There is no model at {project.model}: run `python -m munbot_rasa train` first")
    os.environ.update(settings.endpoint_variables())

    from rasa.core.run import serve_application
    from rasa.core.utils import AvailableEndpoints

    from munbot_rasa.serving import action_calls, tracker_store

    configure_logs(settings.log_level)
    action_calls.install()
    tracker_store.install()
    serve_application(
        model_path=str(project.model),
        interface=settings.host,
        port=settings.port,
        credentials=str(project.home / "credentials.yml"),
        endpoints=AvailableEndpoints.read_endpoints(str(project.home / "endpoints.yml")),
        enable_api=True,
        response_timeout=60,
    )
