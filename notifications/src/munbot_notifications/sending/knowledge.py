"""What senders have to know for a batch, asked for at once: a question for each mail would cost more than the mail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from munbot_notifications.officials import repository as officials
from munbot_notifications.officials.models import OfficeRules
from munbot_notifications.preferences import repository as preferences
from munbot_notifications.sending.models import Notification
from munbot_notifications.templates.builtin import Words, templates
from munbot_notifications.templates.service import words_of

Place = tuple[str, str, str]
"""Tenant, channel and address."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Offices' own hours, templates' words with their version, and addresses that are not written to."""

    rules: Mapping[str, OfficeRules | None]
    words: Mapping[tuple[str, str], tuple[Words, int]]
    refused: frozenset[Place]

    def is_refused(self, notification: Notification) -> bool:
        """Whether the recipient has in the meantime said that this address is not to be written to."""
        return notification.audience == "citizen" and _place(notification) in self.refused


def gather(session: Session, notifications: Sequence[Notification]) -> Knowledge:
    """Return what has to be known for these notifications."""
    tenants = {one.tenant_id for one in notifications}
    purposes = {(one.tenant_id, one.purpose) for one in notifications}
    places = {_place(one) for one in notifications if one.audience == "citizen"}
    return Knowledge(
        rules={tenant: officials.rules_of(session, tenant) for tenant in tenants},
        words={pair: words_of(session, pair[0], templates()[pair[1]]) for pair in purposes},
        refused=preferences.refused_places(session, places),
    )


def _place(notification: Notification) -> Place:
    address = notification.route[notification.position]["address"]
    return notification.tenant_id, notification.channel or "", address
