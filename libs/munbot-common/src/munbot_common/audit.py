"""Telling the hub's audit log what somebody changed.

A service with an outbox writes `audit_event` into it, in the transaction of the change: what is done is noted, and what
is not done is not. A service without one asks `AuditBook` before it does anything.
"""

import json
from collections.abc import Mapping
from typing import Any, Protocol

from munbot_contracts.audit import AUDIT_NOTED, AuditNoted
from munbot_contracts.envelope import Event

from munbot_common.auth import Principal, Role
from munbot_common.client import ServiceAway, ServiceClient, ServiceProblem
from munbot_common.clock import Clock, utc_now
from munbot_common.ids import uuid7
from munbot_common.logs import get_logger
from munbot_common.outbox import make_event
from munbot_common.problems import Unavailable

log = get_logger("audit")

_AWAY = "El registro de cambios no responde, y sin anotarlo no se hace nada. Inténtelo de nuevo en unos segundos."


class Actor(Protocol):
    """Whoever acts, such as a `Principal`: `subject`, `role` (a text or an enumeration of texts) and `tenant`."""

    @property
    def subject(self) -> str: ...  # noqa: D102

    @property
    def role(self) -> str: ...  # noqa: D102

    @property
    def tenant(self) -> str: ...  # noqa: D102


def actor_name(actor: Actor) -> str:
    """Return whom the log names: an official by their id, a service as `service:…`, a citizen by their conversation.

    A citizen's token has the address of a channel as its subject, by which a person is known; without a conversation
    the log says `visitor`.
    """
    if isinstance(actor, Principal) and actor.role is Role.VISITOR:
        return str(actor.conversation_id or Role.VISITOR)
    if actor.role == Role.SERVICE and not actor.subject.startswith("service:"):
        return f"service:{actor.subject}"
    return actor.subject


def audit_event(
    actor: Actor,
    *,
    source: str,
    action: str,
    object_type: str,
    object_id: object,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    clock: Clock = utc_now,
) -> Event[AuditNoted]:
    """Return the event that tells of a change.

    Args:
        actor: who.
        source: name of the service.
        action: `<object_type>.<what>`, such as `appointment.cancelled`.
        object_type: kind of thing.
        object_id: which one.
        before: what changed as it was, as JSON knows it; nothing personal, no texts of citizens, no secrets.
        after: the same as it is now.
        clock: when.

    Raises:
        ValueError: the names do not fit the contract (`AuditNoted`).
    """
    return make_event(
        source=source,
        event_type=AUDIT_NOTED,
        subject=str(object_id),
        tenant=actor.tenant,
        data=AuditNoted(
            actor=actor_name(actor),
            actor_role=str(actor.role),
            action=action,
            object_type=object_type,
            object_id=str(object_id),
            before=json.loads(json.dumps(before)),
            after=json.loads(json.dumps(after)),
        ),
        clock=clock,
    )


class AuditAway(Unavailable):
    """What is to be done cannot be noted now, and so it is not done."""

    code = "audit_away"
    title = "El registro de cambios no responde"


class AuditBook:
    """The hub's log, for services without an outbox: note first, then do.

    An entry has a key of its own: however often it is sent, it is there once.
    """

    def __init__(self, hub: ServiceClient) -> None:
        self._hub = hub

    def note(
        self,
        actor: Actor,
        *,
        action: str,
        object_type: str,
        object_id: str,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
    ) -> None:
        """Note what somebody is about to do; see `audit_event`.

        Raises:
            AuditAway: it could not be noted.
        """
        entry = AuditNoted(
            actor=actor_name(actor),
            actor_role=str(actor.role),
            action=action,
            object_type=object_type,
            object_id=object_id,
            before=None if before is None else dict(before),
            after=None if after is None else dict(after),
        )
        try:
            self._hub.request(
                "POST",
                "/v1/audit",
                tenant=actor.tenant,
                json=entry.model_dump(mode="json"),
                idempotency_key=str(uuid7()),
            )
        except (ServiceAway, ServiceProblem) as error:
            log.error("audit_not_written", kind=type(error).__name__)
            raise AuditAway(_AWAY, headers={"Retry-After": "2"}) from error
