"""/v1/contacts."""

from uuid import UUID

from fastapi import APIRouter
from munbot_common.database import SessionDep
from munbot_common.problems import Forbidden, Unauthorized, Unprocessable, problem_responses

from munbot_conversations.contacts import service
from munbot_conversations.contacts.schemas import ContactChange, ContactItem
from munbot_conversations.dependencies import ClockDep, StaffDep, WriterDep

router = APIRouter(prefix="/v1/contacts", tags=["contacts"])

_RESPONSES = problem_responses(Unauthorized, Forbidden, service.ContactNotFound, Unprocessable)


@router.get("/{contact_id}", responses=_RESPONSES)
def get_contact(contact_id: UUID, principal: StaffDep, session: SessionDep) -> ContactItem:
    """Return what is known of a citizen."""
    return service.shown(session, principal, contact_id)


@router.patch("/{contact_id}", responses=_RESPONSES)
def change_contact(
    contact_id: UUID, wish: ContactChange, principal: WriterDep, session: SessionDep, clock: ClockDep
) -> ContactItem:
    """Change what is known of a citizen."""
    return service.change(session, principal, contact_id, wish, clock)
