"""Who changed what: each service tells the hub, which keeps all in one log."""

from typing import Any

from pydantic import ConfigDict, Field

from munbot_contracts.envelope import Contract
from munbot_contracts.privacy import Code, Open

AUDIT_NOTED = "munbot.audit.noted.v1"

_ACTOR = (
    "an official's id, `service:…`, or a citizen: their conversation's id, `link:…` with the code of the appointment "
    "whose secret link they have, `visitor` without either"
)
_ID = "019358f1-0000-7000-8000-000000000001"


class AuditNoted(Contract):
    """Somebody changed something; the envelope's `time` says when.

    The log can never be altered, so `before` and `after` hold what changed without anything personal: states,
    identifiers, names of fields; never a citizen's name, RUT, address or words, and no secrets.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "actor": "019358ef-0000-7000-8000-0000000000b1",
                    "actor_role": "agent",
                    "action": "appointment.cancelled",
                    "object_type": "appointment",
                    "object_id": _ID,
                    "before": {"status": "booked"},
                    "after": {"status": "cancelled"},
                }
            ]
        }
    )

    actor: Open = Field(max_length=100, description=_ACTOR)
    actor_role: Code = Field(max_length=16)
    action: Code = Field(max_length=60, pattern=r"^[a-z_]+\.[a-z_]+$", description="`<kind of thing>.<what>`")
    object_type: Code = Field(max_length=40, pattern=r"^[a-z_]+$")
    object_id: Open = Field(min_length=1, max_length=100)
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None


AUDIT_EVENTS: dict[str, type[Contract]] = {AUDIT_NOTED: AuditNoted}
