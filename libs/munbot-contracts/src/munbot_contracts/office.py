"""What officials keep beside conversations: what they know of citizens, and the answers that they have ready."""

from typing import Literal
from uuid import UUID

from pydantic import ConfigDict

from munbot_contracts.envelope import Contract

CONTACT_CHANGED = "munbot.contact.changed.v1"
CANNED_ANSWER_CHANGED = "munbot.canned_answer.changed.v1"

_ID = "019358ef-0000-7000-8000-000000000001"


class ContactChanged(Contract):
    """Something else is known of a citizen now; what it is, is for those who may read it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"contact_id": _ID}]})

    contact_id: UUID


class CannedAnswerChanged(Contract):
    """An answer that officials keep ready came, changed or went."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"canned_answer_id": _ID, "kind": "changed"}]})

    canned_answer_id: UUID
    kind: Literal["created", "changed", "removed"]


OFFICE_EVENTS: dict[str, type[Contract]] = {
    CONTACT_CHANGED: ContactChanged,
    CANNED_ANSWER_CHANGED: CannedAnswerChanged,
}
