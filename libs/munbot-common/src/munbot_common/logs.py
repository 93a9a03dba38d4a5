"""JSON logs on standard output, every line with the correlation id of the request or message it belongs to."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import structlog

correlation_id: ContextVar[str] = ContextVar("correlation_id", default="")
"""The correlation id of what is being handled now."""


def _add_correlation_id(_logger: Any, _name: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    if value := correlation_id.get():
        event.setdefault("correlation_id", value)
    return event


def configure_logging(service: str, level: str = "INFO") -> None:
    """Send all logs of this process, the libraries' too, to standard output as JSON lines.

    Args:
        service: name that every line carries.
        level: lowest level of our own lines; libraries speak from WARNING on.
    """
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        _add_correlation_id,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                lambda _l, _n, event: {"service": service, **event},
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("munbot").setLevel(level.upper())
    for noisy in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(noisy).handlers[:] = []
        logging.getLogger(noisy).propagate = noisy != "uvicorn.access"


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """Return a logger; `name` is the module's, without the message text, RUT, phone or e-mail of anybody."""
    logger: structlog.stdlib.BoundLogger = structlog.get_logger(f"munbot.{name}")
    return logger


@contextmanager
def bound_correlation_id(value: str) -> Iterator[None]:
    """Give all lines inside the block this correlation id."""
    token = correlation_id.set(value)
    try:
        yield
    finally:
        correlation_id.reset(token)
