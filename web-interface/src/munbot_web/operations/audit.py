"""Who replays and discards dead letters is written into the hub's audit chain, before anything is done."""

from typing import Literal

from munbot_common.auth import Principal
from munbot_common.client import ServiceAway, ServiceClient, ServiceProblem
from munbot_common.ids import uuid7
from munbot_common.logs import get_logger
from munbot_common.problems import Unavailable

from munbot_web.operations.schemas import DeadLetter
from munbot_web.texts import say

log = get_logger("operations")

Deed = Literal["replay", "discard"]


class AuditAway(Unavailable):
    """What is to be done cannot be noted now, and so it is not done."""

    code = "audit_away"
    title = "El registro de cambios no responde"


class AuditBook:
    """The hub's log. An entry has a key of its own: however often it is sent, it is there once."""

    def __init__(self, hub: ServiceClient) -> None:
        self._hub = hub

    def note(self, admin: Principal, deed: Deed, queue: str, letters: list[DeadLetter]) -> None:
        """Note what an administrator is about to do with dead letters.

        Raises:
            AuditAway: it could not be noted.
        """
        entry = {
            "agent_id": admin.subject,
            "action": f"dead_letters.{deed}",
            "object_type": "queue",
            "object_id": queue,
            "before": {"dead_letters": [_named(letter) for letter in letters]},
            "after": {"replayed" if deed == "replay" else "discarded": len(letters)},
        }
        try:
            self._hub.request("POST", "/v1/audit", tenant=admin.tenant, json=entry, idempotency_key=str(uuid7()))
        except (ServiceAway, ServiceProblem) as error:
            log.error("audit_not_written", kind=type(error).__name__)
            raise AuditAway(say("audit_away"), headers={"Retry-After": "2"}) from error


def _named(letter: DeadLetter) -> str:
    return f"{letter.type or '?'} {letter.id} ({letter.reason[:80]})"
