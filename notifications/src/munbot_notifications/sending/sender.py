"""One sender: takes what is due, hands it over, and notes what became of it.

A notification is handed over at least once: a worker that dies between the server's answer and its own commit leaves
the claim behind, and when that has run out the message goes again. A mail then carries the same Message-ID, and the
bridge the same idempotency key, so that the repetition is recognised; what was handed over by these is noted for a
batch at once. By channels that know no repetition each message is noted as soon as the server has answered.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from munbot_common.client import ServiceAway, ServiceProblem
from munbot_common.clock import Clock, utc_now
from munbot_common.database import SessionFactory, unit_of_work
from munbot_common.logs import bound_correlation_id, get_logger
from sqlalchemy.orm import Session

from munbot_notifications.channels.base import AddressRefused, Channel, ChannelAway, DeliveryError, Outgoing, Retryable
from munbot_notifications.preferences import repository as preferences
from munbot_notifications.sending import repository
from munbot_notifications.sending.directory import Tenant
from munbot_notifications.sending.events import record_failed, record_sent
from munbot_notifications.sending.knowledge import Knowledge
from munbot_notifications.sending.metrics import ATTEMPTS, SECONDS
from munbot_notifications.sending.models import Notification
from munbot_notifications.sending.pauses import Pauses
from munbot_notifications.sending.rules import held_until, pause
from munbot_notifications.settings import WorkerSettings
from munbot_notifications.templates.builtin import templates

log = get_logger("notifications.sender")

BATCH = 20
NOTED_WITHIN = timedelta(seconds=2)
"""What was handed over is noted at the latest so long afterwards, or after one more message if that takes longer."""
DEPENDENCY_PAUSE = timedelta(seconds=15)
NOT_CONFIGURED = "channel_not_configured"


class Composing(Protocol):
    """Says what is sent: see `composer.Composer`."""

    def tenant(self, tenant: str) -> Tenant:
        """Return the municipality that speaks."""

    def knowledge(self, session: Session, notifications: Sequence[Notification]) -> Knowledge:
        """Return what has to be known for these."""

    def quiet_end(self, tenant: str, now: datetime, known: Knowledge) -> datetime | None:
        """Return when the municipality's quiet hours end, None outside them."""

    def outgoing(self, notification: Notification, known: Knowledge) -> tuple[Outgoing, int]:
        """Return the message, and the template's version."""


@dataclass(frozen=True, slots=True)
class Task:
    """A claimed notification and the attempt that was begun for it."""

    notification: Notification
    attempt_id: UUID
    claimed_at: datetime


class Sender:
    """Belongs to one thread, as its channels keep connections.

    Args:
        session_factory: the database.
        settings: limits.
        composer: says what is sent.
        channels: by name; one that is not there is not configured.
        pauses: shared with the other senders.
        on_commit: called when an event was recorded.
        clock: the time of day.
    """

    def __init__(
        self,
        session_factory: SessionFactory,
        settings: WorkerSettings,
        *,
        composer: Composing,
        channels: Mapping[str, Channel],
        pauses: Pauses,
        on_commit: Callable[[], None] = lambda: None,
        clock: Clock = utc_now,
    ) -> None:
        self._factory = session_factory
        self._settings = settings
        self._composer = composer
        self._channels = channels
        self._pauses = pauses
        self._on_commit = on_commit
        self._clock = clock
        self._done: list[tuple[Notification, repository.Sent]] = []

    def run_once(self) -> int:
        """Hand over what is due, a batch of it; return how many were taken."""
        if self._done:  # the database was away when they were to be noted
            self._settle()
        now = self._clock()
        lease = timedelta(seconds=self._settings.claim_seconds)
        with unit_of_work(self._factory) as session:
            claimed = repository.claim(session, now=now, lease=lease, limit=BATCH, paused=self._pauses.now(now))
            known = self._composer.knowledge(session, [notification for notification, _ in claimed])
        try:
            for notification, attempt_id in claimed:
                with bound_correlation_id(notification.correlation_id):
                    self._send(Task(notification, attempt_id, now), known)
        finally:
            self._settle()
        return len(claimed)

    def close(self) -> None:
        """Close the channels."""
        for channel in self._channels.values():
            channel.close()

    def _send(self, task: Task, known: Knowledge) -> None:
        notification, now = task.notification, self._clock()
        name = notification.channel or ""
        if now - task.claimed_at > timedelta(seconds=self._settings.claim_seconds / 2) or name in self._pauses.now(now):
            self._release(task, now)
            return
        if notification.expires_at is not None and now >= notification.expires_at:
            self._end(task, "expired", "too_late", now)
            return
        try:
            quiet = self._composer.quiet_end(notification.tenant_id, now, known)
            held = held_until(
                now, templates()[notification.purpose], name, quiet=quiet, expires_at=notification.expires_at
            )
            if held is not None:
                self._release(task, held, reason="quiet_hours")
                return
            if known.is_refused(notification):
                self._next_channel(task, "refused", now)
                return
            message, version = self._composer.outgoing(notification, known)
        except (ServiceAway, ServiceProblem) as error:  # a neighbour that the message needs
            log.warning("neighbour_away", error=type(error).__name__)
            self._release(task, now + DEPENDENCY_PAUSE, reason="neighbour_away")
            return
        except Exception:
            log.exception("not_composed", notification=str(notification.id))
            self._failed(task, Retryable("not_composed"), now)
            return
        self._hand_over(task, name, message, version)

    def _hand_over(self, task: Task, name: str, message: Outgoing, version: int) -> None:
        channel = self._channels.get(name)
        if channel is None:
            self._next_channel(task, NOT_CONFIGURED, self._clock())
            return
        try:
            provider_id = channel.send(message)
        except ChannelAway as error:
            self._away(task, error)
        except DeliveryError as error:
            self._pauses.end(name)
            self._failed(task, error, self._clock())
        except Exception:
            log.exception("channel_broken", channel=name, notification=str(task.notification.id))
            self._failed(task, Retryable("unexpected"), self._clock())
        else:
            self._pauses.end(name)
            notification = task.notification
            sent = repository.Sent(notification.id, task.attempt_id, self._clock(), provider_id, version)
            self._done.append((notification, sent))
            if not channel.recognised or sent.at - self._done[0][1].at > NOTED_WITHIN:
                self._settle()

    def _settle(self) -> None:
        """Note what was handed over since the last time, in one transaction."""
        done = self._done
        if not done:
            return
        with unit_of_work(self._factory) as session:
            held = repository.settle_sent(session, done[0][0].claim, [sent for _, sent in done])
            ended = [(notification, sent.at) for notification, sent in done if notification.id in held]
            record_sent(session, ended)
        self._done = []
        if lost := len(done) - len(ended):
            log.warning("claims_lost", notifications=lost)
        for notification, at in ended:
            ATTEMPTS.labels(notification.channel, "sent").inc()
            SECONDS.labels(notification.channel).observe(max(0.0, (at - notification.due_at).total_seconds()))
        self._on_commit()

    def _failed(self, task: Task, error: DeliveryError, now: datetime) -> None:
        notification = task.notification
        outcome = "retry" if isinstance(error, Retryable) else "refused"
        ATTEMPTS.labels(notification.channel, outcome).inc()
        log.info("not_handed_over", channel=notification.channel, code=error.code, outcome=outcome)
        too_long = now - notification.channel_since > timedelta(hours=self._settings.retry_hours)
        with unit_of_work(self._factory) as session:
            repository.end_attempt(session, task.attempt_id, outcome=outcome, finished_at=now, code=error.code)
            if isinstance(error, AddressRefused) and notification.audience == "citizen":
                address = notification.route[notification.position]["address"]
                preferences.refuse(session, notification.tenant_id, notification.channel or "", address, error.reason)
        if outcome == "refused" or too_long:
            self._next_channel(task, error.code, now, tried=True)
            return
        attempts = notification.attempts + 1
        values = {
            "state": "queued",
            "reason": error.code,
            "attempts": attempts,
            "next_at": now + pause(attempts),
        }
        with unit_of_work(self._factory) as session:
            repository.settle(session, notification, values)

    def _next_channel(self, task: Task, code: str, now: datetime, *, tried: bool = False) -> None:
        """Lead a notification to the next channel of its route; after the last one it is given up."""
        notification = task.notification
        attempts = notification.attempts + (1 if tried else 0)
        position = notification.position + 1
        if position < len(notification.route):
            values: dict[str, Any] = {
                "state": "queued",
                "reason": code,
                "attempts": attempts,
                "position": position,
                "channel": notification.route[position]["channel"],
                "channel_since": now,
                "next_at": now,
            }
            with unit_of_work(self._factory) as session:
                if not tried:
                    repository.forget_attempt(session, task.attempt_id)
                repository.settle(session, notification, values)
            return
        state = "failed" if tried or attempts or notification.position else "suppressed"
        self._end(task, state, code, now, tried=tried)

    def _end(self, task: Task, state: str, code: str, now: datetime, *, tried: bool = False) -> None:
        notification = task.notification
        attempts = notification.attempts + (1 if tried else 0)
        values = {"state": state, "reason": code, "attempts": attempts, "finished_at": now, "next_at": now}
        with unit_of_work(self._factory) as session:
            if not tried:
                repository.forget_attempt(session, task.attempt_id)
            if repository.settle(session, notification, values) and state in {"failed", "expired"}:
                record_failed(session, notification, attempts=attempts, reason=code, now=now)
        self._on_commit()

    def _away(self, task: Task, error: ChannelAway) -> None:
        """Let everything on this channel wait; what has waited long, and has another channel, takes that one."""
        now = self._clock()
        name = task.notification.channel or ""
        until = self._pauses.begin(name, now)
        log.warning("channel_away", channel=name, code=error.code, seconds=(until - now).total_seconds())
        ATTEMPTS.labels(name, "away").inc()
        self._release(task, now, reason=error.code)
        since = now - timedelta(minutes=self._settings.failover_minutes)
        with unit_of_work(self._factory) as session:
            repository.fail_over(session, name, since=since, now=now)

    def _release(self, task: Task, next_at: datetime, *, reason: str | None = None) -> None:
        """Put a notification back as if nobody had taken it."""
        values: dict[str, Any] = {"state": "queued", "next_at": next_at}
        if reason is not None:
            values["reason"] = reason
        with unit_of_work(self._factory) as session:
            repository.forget_attempt(session, task.attempt_id)
            repository.settle(session, task.notification, values)
