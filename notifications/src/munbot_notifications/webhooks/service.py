"""What administrators do with webhooks."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from munbot_common.auth import Principal
from munbot_common.ids import uuid7
from munbot_common.problems import NotFound
from sqlalchemy.orm import Session

from munbot_notifications.audit import difference, note
from munbot_notifications.settings import ApiSettings
from munbot_notifications.vault import Vault
from munbot_notifications.webhooks import queue, repository
from munbot_notifications.webhooks.guard import AddressRefused, Guard
from munbot_notifications.webhooks.models import Webhook, WebhookDelivery, WebhookMessage
from munbot_notifications.webhooks.problems import TooManyWebhooks, UrlRefused, WebhookDisabled
from munbot_notifications.webhooks.rules import NOTED, TEST_EVENT, noted_facts, noted_fields
from munbot_notifications.webhooks.schemas import WebhookChange, WebhookCreate, WebhookItem
from munbot_notifications.webhooks.signing import new_secret
from munbot_notifications.webhooks.texts import say

MOST_PER_TENANT = 20


def views(session: Session, rows: Sequence[Webhook]) -> list[WebhookItem]:
    """Return subscriptions as the API shows them: one statement for all their counts."""
    counts = repository.counts(session, [row.id for row in rows]) if rows else {}
    return [
        WebhookItem.model_validate(
            {
                **{name: getattr(row, name) for name in WebhookItem.model_fields if hasattr(row, name)},
                "enabled": row.disabled_reason is None,
                "pending": counts.get(row.id, {}).get("pending", 0),
                "failed": counts.get(row.id, {}).get("failed", 0),
            }
        )
        for row in rows
    ]


class Administration:
    """Changes of the caller's tenant's webhooks, in the request's transaction.

    Args:
        session: the request's.
        principal: the administrator.
        settings: limits.
        vault: seals secrets.
        guard: says where webhooks may go.
        now: the present moment.
    """

    def __init__(
        self,
        session: Session,
        principal: Principal,
        *,
        settings: ApiSettings,
        vault: Vault,
        guard: Guard,
        now: datetime,
    ) -> None:
        self._session = session
        self._principal = principal
        self._vault = vault
        self._guard = guard
        self._now = now
        self._hope = timedelta(hours=settings.webhook_retry_hours)

    def create(self, wish: WebhookCreate) -> Webhook:
        """Add a subscription with a new secret.

        Raises:
            UrlRefused: it may not be called.
            TooManyWebhooks: the tenant has enough.
        """
        self._check(wish.url)
        tenant = self._principal.tenant
        repository.lock_tenant(self._session, tenant)
        if len(repository.of_tenant(self._session, tenant)) >= MOST_PER_TENANT:
            raise TooManyWebhooks
        row = Webhook(
            id=uuid7(),
            tenant_id=tenant,
            secret=self._vault.seal(new_secret()),
            created_by=self._principal.subject,
            created_at=self._now,
            updated_at=self._now,
            failures=0,
            **wish.model_dump(),
        )
        self._session.add(row)
        self._session.flush()
        self._tell("created", row, after=noted_facts(row))
        return row

    def find(self, webhook_id: UUID, *, lock: bool = False) -> Webhook:
        """Return a subscription of the tenant.

        Raises:
            NotFound: there is none.
        """
        row = repository.one(self._session, self._principal.tenant, webhook_id, lock=lock)
        if row is None:
            raise NotFound
        return row

    def secret(self, row: Webhook) -> str:
        """Return what messages are signed with."""
        return self._vault.open(row.secret)

    def change(self, webhook_id: UUID, wish: WebhookChange) -> Webhook:
        """Change a subscription, or switch it off or on.

        Raises:
            NotFound, UrlRefused.
        """
        if wish.url is not None:
            self._check(wish.url)
        row = self.find(webhook_id, lock=True)
        before = noted_fields(row)
        for name, value in wish.model_dump(exclude_none=True, exclude={"enabled"}).items():
            setattr(row, name, value)
        if wish.enabled is True:
            row.disabled_reason = row.disabled_at = row.failing_since = None
        if wish.enabled is not None or wish.url is not None:  # it deserves another chance at once
            row.failures, row.rest_until = 0, None
            queue.hasten(self._session, row.id, self._now)
        if wish.enabled is False and row.disabled_reason is None:
            row.disabled_reason, row.disabled_at = "by_hand", self._now
            queue.give_up_pending(self._session, row.id, self._now)
        row.updated_at = self._now
        self._session.flush()
        if changed := difference(before, noted_fields(row), shown=NOTED):
            self._tell("changed", row, before=changed[0], after=changed[1])
        return row

    def delete(self, webhook_id: UUID) -> None:
        """Remove a subscription with its log."""
        row = self.find(webhook_id, lock=True)
        self._session.delete(row)
        self._tell("removed", row, before=noted_facts(row))

    def rotate(self, webhook_id: UUID, overlap: timedelta) -> Webhook:
        """Give a subscription a new secret; the old one signs too for as long as `overlap`."""
        row = self.find(webhook_id, lock=True)
        row.old_secret, row.old_secret_until = (row.secret, self._now + overlap) if overlap else (None, None)
        row.secret = self._vault.seal(new_secret())
        row.updated_at = self._now
        self._session.flush()
        self._tell("secret_rotated", row, after={"overlap_hours": overlap // timedelta(hours=1)})
        return row

    def test(self, webhook_id: UUID) -> WebhookDelivery:
        """Send a message that says only that it is a test.

        Raises:
            NotFound, WebhookDisabled.
        """
        row = self._working(webhook_id)
        message_id = uuid7()
        event = {
            "type": TEST_EVENT,
            "time": self._now.isoformat(),
            "tenant": row.tenant_id,
            "subject": str(row.id),
            "data": {},
        }
        message = WebhookMessage(
            id=message_id, tenant_id=row.tenant_id, event_type=TEST_EVENT, body=event, created_at=self._now
        )
        (made,) = queue.enqueue(self._session, message, [row.id], expires_at=self._now + self._hope)
        row.rest_until = None
        return self.delivery(row, made)

    def delivery(self, row: Webhook, delivery_id: UUID, *, lock: bool = False) -> WebhookDelivery:
        """Return a delivery of a subscription.

        Raises:
            NotFound: there is none.
        """
        found = repository.delivery(self._session, row.id, delivery_id, lock=lock)
        if found is None:
            raise NotFound
        return found

    def resend(self, webhook_id: UUID, delivery_id: UUID) -> WebhookDelivery:
        """Send a message again now, whatever became of it, with its old id.

        Raises:
            NotFound, WebhookDisabled.
        """
        row = self._working(webhook_id)
        found = self.delivery(row, delivery_id, lock=True)
        before = {"state": found.state}
        found.state, found.attempts, found.settled_at = "pending", 0, None
        found.next_at, found.expires_at = self._now, self._now + self._hope
        row.rest_until = None
        self._session.flush()
        after = {"state": found.state, "webhook_id": str(row.id), "event_type": found.event_type}
        note(
            self._session,
            self._principal,
            "webhook_delivery.resent",
            found.id,
            now=self._now,
            before=before,
            after=after,
        )
        return found

    def resend_failed(self, webhook_id: UUID, since: datetime | None) -> int:
        """Send again what was given up; returns how many.

        Raises:
            NotFound, WebhookDisabled.
        """
        row = self._working(webhook_id)
        row.rest_until = None
        resent = repository.retry_failed(
            self._session, row.id, since=since, now=self._now, expires_at=self._now + self._hope
        )
        if resent:
            self._tell("deliveries_resent", row, after={"count": resent, "since": since and since.isoformat()})
        return resent

    def _tell(
        self,
        what: str,
        row: Webhook,
        *,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
    ) -> None:
        action = f"webhook.{what}"
        note(self._session, self._principal, action, row.id, now=self._now, before=before, after=after)

    def _working(self, webhook_id: UUID) -> Webhook:
        row = self.find(webhook_id, lock=True)
        if row.disabled_reason is not None:
            raise WebhookDisabled
        return row

    def _check(self, url: str) -> None:
        try:
            self._guard.check(url)
        except AddressRefused as refused:
            if refused.code == "host_unknown":
                return  # the API may have no way out to ask; the worker looks again before each attempt
            detail = say(f"problems.url.{refused.code}")
            raise UrlRefused(detail, errors=[{"field": "url", "code": refused.code, "detail": detail}]) from refused
