"""The queue's entrance for what was changed in the other services."""

from collections import defaultdict
from collections.abc import Sequence

from munbot_common.database import SessionFactory, unit_of_work
from munbot_common.messaging import BatchLimits, Subscription
from munbot_common.outbox import first_times
from munbot_contracts import routing_key
from munbot_contracts.audit import AUDIT_NOTED, AuditNoted
from munbot_contracts.envelope import AnyEvent

from munbot_conversations.audit.service import record_noted
from munbot_conversations.base import INBOX, SERVICE

CONSUMER = f"{SERVICE}.audit"
AUDIT = Subscription(CONSUMER, (routing_key(AUDIT_NOTED),), single_active=True)
"""One consumer at a time, so that what was done to one thing stands in its order."""
AUDIT_LIMITS = BatchLimits(events=50)
"""A batch holds the end of a tenant's chain, which officials' own actions wait for."""


class AuditHandler:
    """Adds what other services tell of to the chains of their tenants, once.

    Args:
        session_factory: the database.
    """

    def __init__(self, session_factory: SessionFactory) -> None:
        self._factory = session_factory

    def __call__(self, events: Sequence[AnyEvent]) -> None:
        """Handle some events, those of each tenant all or none."""
        by_tenant: dict[str, list[AnyEvent]] = defaultdict(list)
        for event in events:
            by_tenant[event.tenant].append(event)
        for tenant, told in by_tenant.items():  # a transaction for each: it holds one chain's end
            self._add(tenant, told)

    def _add(self, tenant: str, events: Sequence[AnyEvent]) -> None:
        by_id = {event.id: event for event in events}
        with unit_of_work(self._factory) as session:
            new = first_times(session, INBOX, consumer=CONSUMER, event_ids=by_id.keys())
            for event_id, event in by_id.items():
                if event_id in new:
                    noted = AuditNoted.model_validate(event.data)
                    record_noted(session, tenant, noted, at=event.time, correlation=event.correlationid)
