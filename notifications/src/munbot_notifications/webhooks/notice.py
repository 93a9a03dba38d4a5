"""Telling the administrators that a webhook was switched off."""

from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from munbot_notifications.sending.service import About, ForOfficials, plan
from munbot_notifications.webhooks.models import Webhook
from munbot_notifications.webhooks.texts import say
from munbot_notifications.webhooks.transport import Outcome

PURPOSE = "webhook_disabled"
PANEL = "/panel/ajustes/webhooks"


class DisabledNotice:
    """Plans a notice to the officials who hear of the system, in the transaction that switches a webhook off.

    Args:
        public_url: address of the platform, for the link.
    """

    def __init__(self, public_url: str) -> None:
        self._panel = public_url.rstrip("/") + PANEL

    def __call__(self, session: Session, webhook: Webhook, outcome: Outcome, now: datetime) -> None:
        """Plan the notice about a webhook whose last attempt ended so."""
        since = webhook.failing_since or now
        data = {
            "name": webhook.description or urlsplit(webhook.url).hostname or "",
            "days": (now - since).days,
            "reason": reason_text(webhook, outcome),
            "panel_url": self._panel,
        }
        about = About(tenant=webhook.tenant_id, source="event", subject_id=str(webhook.id))
        plan(session, about, [ForOfficials(PURPOSE, "", data)], now)


def reason_text(webhook: Webhook, outcome: Outcome) -> str:
    """Return in words why a webhook was switched off."""
    code = "gone" if webhook.disabled_reason == "gone" else outcome.error or "status"
    return say(f"errors.{code}", status=str(outcome.status or ""))
