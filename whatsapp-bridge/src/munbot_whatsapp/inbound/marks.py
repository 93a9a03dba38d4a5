"""Showing citizens that their message was read and that an answer is being written: a courtesy, never waited for."""

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from munbot_common.clock import Clock, utc_now
from munbot_common.logs import get_logger

from munbot_whatsapp import metrics
from munbot_whatsapp.accounts.book import KnownAccount
from munbot_whatsapp.providers.base import Provider, SendFailed

log = get_logger("whatsapp.marks")

WAITING_MAX = 200
TYPING_UNTIL = timedelta(minutes=1)
"""Nobody who wrote longer ago looks at the screen and waits."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A message that is to be shown as read."""

    known: KnownAccount
    provider_message_id: str
    address: str
    sent_at: datetime


class ReadMarks:
    """Has messages shown as read, in a thread or more; when there are too many, some are left.

    Args:
        provider: by name.
        clock: the time of day.
    """

    def __init__(self, provider: Callable[[str], Provider], clock: Clock = utc_now) -> None:
        self._provider = provider
        self._clock = clock
        self._waiting: queue.Queue[Mark] = queue.Queue(WAITING_MAX)

    def put(self, mark: Mark) -> None:
        """Take a message, unless its account is not to be used now, or there are too many."""
        known, now = mark.known, self._clock()
        if not known.active or known.stopped_reason or (known.paused_until and known.paused_until > now):
            return
        try:
            self._waiting.put_nowait(mark)
        except queue.Full:
            metrics.MARKS.labels("left").inc()

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set."""
        while not stop.is_set():
            try:
                mark = self._waiting.get(timeout=0.5)
            except queue.Empty:
                continue
            self._show(mark)

    def _show(self, mark: Mark) -> None:
        account = mark.known.account
        typing = self._clock() - mark.sent_at < TYPING_UNTIL
        try:
            self._provider(account.provider).mark_read(account, mark.provider_message_id, mark.address, typing=typing)
        except SendFailed as error:
            metrics.MARKS.labels("refused").inc()
            log.info("read_mark_refused", account=account.slug, code=error.code)
        except Exception as error:  # noqa: BLE001 - a courtesy must not end the thread
            metrics.MARKS.labels("failed").inc()
            log.error("read_mark_failed", account=account.slug, kind=type(error).__name__)
        else:
            metrics.MARKS.labels("shown").inc()
