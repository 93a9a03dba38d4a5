"""/v1/privacy: the same five questions to every owner of data (Ley 21.719). `app.state.privacy` answers them."""

from typing import Annotated, Protocol

from fastapi import APIRouter, Depends, Request
from munbot_contracts.people import Erased, Exported, Found, Marks, Matches, Person, Rectification, Rectified

from munbot_common.auth import Principal, Role, require_roles
from munbot_common.chile import Phone
from munbot_common.problems import Forbidden, Unauthorized, Unavailable, Unprocessable, problem_responses

router = APIRouter(prefix="/v1/privacy", tags=["privacy"])

OfficerDep = Annotated[Principal, Depends(require_roles(Role.ADMIN, Role.SERVICE))]
"""Who may ask for a person's data: an administrator of the tenant, or the command line and other services."""


class RectificationBody(Rectification):
    """What is right, with its telephone read as people write it."""

    phone: Phone | None = None


class PersonalData(Protocol):
    """What a service does about one person of the caller's tenant, in transactions of its own."""

    def find(self, principal: Principal, person: Person) -> Found:
        """Tell what there is of a person, and what is known of them."""

    def export(self, principal: Principal, person: Person) -> Exported:
        """Give all there is of a person."""

    def rectify(self, principal: Principal, wish: Rectification) -> Rectified:
        """Put right what is wrong."""

    def erase(self, principal: Principal, person: Person) -> Erased:
        """Remove the person; again does no harm, and goes on where an earlier call ended."""

    def match(self, principal: Principal, marks: Marks) -> Matches:
        """Tell which people are there again who were erased."""


def _owner(request: Request) -> PersonalData:
    owner: PersonalData = request.app.state.privacy
    return owner


OwnerDep = Annotated[PersonalData, Depends(_owner)]
_RESPONSES = problem_responses(Unauthorized, Forbidden, Unprocessable, Unavailable)


@router.post("/find", responses=_RESPONSES)
def find(body: Person, principal: OfficerDep, owner: OwnerDep) -> Found:
    """Tell what this service holds of a person; by POST, so that no RUT is written into any log of addresses."""
    return owner.find(principal, body)


@router.post("/export", responses=_RESPONSES)
def export(body: Person, principal: OfficerDep, owner: OwnerDep) -> Exported:
    """Give all that this service holds of a person."""
    return owner.export(principal, body)


@router.post("/rectify", responses=_RESPONSES)
def rectify(body: RectificationBody, principal: OfficerDep, owner: OwnerDep) -> Rectified:
    """Put a name, telephone or e-mail right; what was sent or written down on a day stays as it was that day."""
    return owner.rectify(principal, body)


@router.post("/erase", responses=_RESPONSES)
def erase(body: Person, principal: OfficerDep, owner: OwnerDep) -> Erased:
    """Erase a person; what has to stay is named with the reason."""
    return owner.erase(principal, body)


@router.post("/match", responses=_RESPONSES)
def match(body: Marks, principal: OfficerDep, owner: OwnerDep) -> Matches:
    """Tell which erased people came back with a backup."""
    return owner.match(principal, body)
