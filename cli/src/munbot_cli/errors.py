"""The one error that a person sees."""

from __future__ import annotations

from pathlib import Path

__all__ = ["GivenUp", "MunbotError"]


class MunbotError(Exception):
    """Stop the command with one readable line.

    Args:
        message: what went wrong and what to do, one line.
        log: the file that tells more.
    """

    def __init__(self, message: str, *, log: Path | None = None) -> None:
        super().__init__(message if log is None else f"{message} (log: {log})")
        self.log = log


class GivenUp(MunbotError):
    """A step stopped waiting because another one failed; never the cause of anything."""
