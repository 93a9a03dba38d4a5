"""The worker's part: hands messages over, keeps the log, and switches off what has failed for too long."""

import json
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from munbot_common.auth import Principal, Role
from munbot_common.clock import Clock, utc_now
from munbot_common.database import SessionFactory, unit_of_work
from munbot_common.logs import get_logger
from prometheus_client import Counter
from sqlalchemy.orm import Session

from munbot_notifications.audit import note
from munbot_notifications.base import SERVICE
from munbot_notifications.settings import CommonSettings
from munbot_notifications.vault import Vault
from munbot_notifications.webhooks import queue, rules, signing
from munbot_notifications.webhooks.models import Webhook, WebhookAttempt, WebhookDelivery, WebhookMessage
from munbot_notifications.webhooks.queue import Claim
from munbot_notifications.webhooks.transport import Outcome, Transport

log = get_logger("notifications.webhooks")

ATTEMPTS = Counter("munbot_webhook_attempts_total", "Attempts to hand a message to a webhook", ["outcome"])
DISABLED = Counter("munbot_webhooks_disabled_total", "Webhooks that were switched off", ["reason"])

IDLE_SECONDS = 0.5
MARGIN = timedelta(seconds=45)
"""Beside the attempt itself: names that are slow to resolve, a busy database."""
GONE = 410
WAS_AWAY = 3
"""Failures in a row after which a success means that the receiver is back; fewer may be one message's own."""

OnDisabled = Callable[[Session, Webhook, Outcome, datetime], None]
"""Tells the administrators, in the transaction that switches a webhook off."""


class WebhookSender:
    """Hands messages over, one receiver at a time per thread and one thread at a time per receiver.

    At least once: a worker that dies between the receiver's answer and its own commit sends again, with the same
    `webhook-id`, by which the receiver knows it.

    Args:
        factory: of the service's database.
        transport: makes one attempt.
        vault: opens secrets.
        settings: limits.
        on_disabled: tells the administrators.
        clock: the time of day.
    """

    def __init__(
        self,
        factory: SessionFactory,
        transport: Transport,
        vault: Vault,
        settings: CommonSettings,
        *,
        on_disabled: OnDisabled,
        clock: Clock = utc_now,
    ) -> None:
        self._factory = factory
        self._transport = transport
        self._vault = vault
        self._lease = timedelta(seconds=settings.webhook_timeout_seconds) + MARGIN
        self._patience = timedelta(hours=settings.webhook_disable_hours)
        self._on_disabled = on_disabled
        self._clock = clock
        self._wake = threading.Event()

    def wake(self) -> None:
        """Look for work now."""
        self._wake.set()

    def run(self, stop: threading.Event) -> None:
        """Send until `stop` is set; the database may come and go."""
        while not stop.is_set():
            try:
                while not stop.is_set() and self.work_once(stop):
                    pass
            except Exception:
                log.exception("webhook_sending_failed")
                stop.wait(IDLE_SECONDS)
            self._wake.wait(IDLE_SECONDS)
            self._wake.clear()

    def work_once(self, stop: threading.Event | None = None) -> bool:
        """Send what is due for one receiver, until something fails; False when nothing is due for anybody."""
        with unit_of_work(self._factory) as session:
            held = queue.claim(session, self._clock(), self._lease)
        if held is None:
            return False
        try:
            for delivery_id, message in held.due:
                if (stop is not None and stop.is_set()) or not self._attempt(held, delivery_id, message):
                    break
        finally:
            with unit_of_work(self._factory) as session:
                queue.release(session, held, self._clock())
        return True

    def _attempt(self, held: Claim, delivery_id: UUID, message: WebhookMessage) -> bool:
        """Make one attempt and note it; False when the receiver is to be left in peace."""
        now = self._clock()
        with unit_of_work(self._factory) as session:
            webhook = queue.extend(session, held, now + self._lease)
        if webhook is None:
            return False
        body = json.dumps(
            rules.message_body(message.body, thin=webhook.thin), ensure_ascii=False, separators=(",", ":")
        )
        headers = signing.headers(self._secrets(webhook, now), message_id=str(message.id), now=now, body=body)
        outcome = self._transport.post(webhook.url, body, headers)
        ATTEMPTS.labels(outcome.error or "delivered").inc()
        with unit_of_work(self._factory) as session:
            self._note(session, webhook.id, delivery_id, outcome, now)
        return outcome.delivered

    def _secrets(self, webhook: Webhook, now: datetime) -> list[str]:
        sealed = [webhook.secret]
        if webhook.old_secret is not None and webhook.old_secret_until is not None and now < webhook.old_secret_until:
            sealed.append(webhook.old_secret)
        return [self._vault.open(secret) for secret in sealed]

    def _note(self, session: Session, webhook_id: UUID, delivery_id: UUID, outcome: Outcome, began: datetime) -> None:
        webhook = session.get(Webhook, webhook_id, with_for_update=True)
        delivery = session.get(WebhookDelivery, delivery_id, with_for_update=True)
        if webhook is None or delivery is None:  # deleted meanwhile
            return
        now = self._clock()
        session.add(
            WebhookAttempt(
                delivery_id=delivery.id,
                at=began,
                milliseconds=outcome.milliseconds,
                status=outcome.status,
                error=outcome.error,
            )
        )
        delivery.attempts += 1
        delivery.last_status, delivery.last_error = outcome.status, outcome.error
        if outcome.delivered:
            delivery.state, delivery.settled_at = "delivered", now
            self._works(session, webhook, now)
        else:
            self._fails(session, webhook, delivery, outcome, now)

    @staticmethod
    def _works(session: Session, webhook: Webhook, now: datetime) -> None:
        if webhook.failures >= WAS_AWAY:
            queue.hasten(session, webhook.id, now)
        webhook.failures, webhook.failing_since, webhook.rest_until, webhook.succeeded_at = 0, None, None, now

    def _fails(
        self, session: Session, webhook: Webhook, delivery: WebhookDelivery, outcome: Outcome, now: datetime
    ) -> None:
        if delivery.state == "pending":
            delivery.next_at = now + rules.next_wait(delivery.attempts, retry_after=outcome.retry_after)
            if rules.gave_up(now, delivery.expires_at, delivery.next_at):
                delivery.state, delivery.settled_at = "failed", now
        webhook.failures += 1
        webhook.failing_since = webhook.failing_since or now
        webhook.rest_until = now + rules.rest(webhook.failures)
        if webhook.disabled_reason is not None:
            return
        if outcome.status == GONE:
            self._disable(session, webhook, outcome, "gone", now)
        elif now - webhook.failing_since >= self._patience:
            self._disable(session, webhook, outcome, "failing", now)

    def _disable(self, session: Session, webhook: Webhook, outcome: Outcome, reason: str, now: datetime) -> None:
        webhook.disabled_reason, webhook.disabled_at = reason, now
        session.flush()
        queue.give_up_pending(session, webhook.id, now)
        self._on_disabled(session, webhook, outcome, now)
        ourselves = Principal(f"service:{SERVICE}", Role.SERVICE, webhook.tenant_id)
        after = {"enabled": False, "reason": reason}
        note(session, ourselves, "webhook.disabled", webhook.id, now=now, before={"enabled": True}, after=after)
        DISABLED.labels(reason).inc()
        log.warning("webhook_disabled", webhook_id=str(webhook.id), tenant=webhook.tenant_id, reason=reason)
