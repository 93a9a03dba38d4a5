"""What a batch has to be known for, asked for at once: a question for each mail would cost more than the mail."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from munbot_notifications.officials import repository as officials
from munbot_notifications.officials.models import OfficeRules, Official
from munbot_notifications.preferences import repository as preferences
from munbot_notifications.sending.models import Notification
from munbot_notifications.sending.rules import Contact
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


@dataclass(frozen=True, slots=True)
class Addressees:
    """What planning has to know: who hears of what, people's own orders of channels, and refused addresses."""

    listening: Sequence[Official]
    orders: Mapping[tuple[str, str], list[str]]
    refused: Mapping[str, frozenset[tuple[str, str]]]

    def concerned(self, tenant: str, topic: str, unit: str) -> list[Official]:
        """Return who hears of a topic in a unit."""
        here = (one for one in self.listening if one.tenant_id == tenant and one.unit in {"", unit})
        return [one for one in here if topic in one.topics]

    def wanted(self, tenant: str, contact: Contact) -> list[str] | None:
        """Return the contact's own order of channels, by RUT, or else by mail or telephone; None without one."""
        found = (self.orders.get((tenant, key)) for key in contact.names())
        return next((order for order in found if order is not None), None)

    def refusing(self, tenant: str) -> frozenset[tuple[str, str]]:
        """Return which of the addresses asked for are not written to, as (channel, address)."""
        return self.refused.get(tenant, frozenset())


def acquaint(session: Session, *, people: Sequence[tuple[str, Contact]], offices: Collection[str]) -> Addressees:
    """Return what has to be known to tell these people, and the officials of these municipalities.

    Args:
        session: the caller's transaction.
        people: with their municipality.
        offices: municipalities whose officials are told.
    """
    tenants = sorted({tenant for tenant, _ in people})
    keys = sorted({key for _, contact in people for key in contact.names()})
    addresses = {address for _, contact in people for address in (contact.email, contact.phone) if address}
    refused: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for tenant, channel, address in preferences.refused_addresses(session, tenants, sorted(addresses)):
        refused[tenant].add((channel, address))
    return Addressees(
        listening=officials.listening(session, sorted(offices)),
        orders=preferences.orders(session, tenants, keys),
        refused={tenant: frozenset(places) for tenant, places in refused.items()},
    )


def _place(notification: Notification) -> Place:
    address = notification.route[notification.position]["address"]
    return notification.tenant_id, notification.channel or "", address
