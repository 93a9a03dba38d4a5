"""What routes ask FastAPI for."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from munbot_common.auth import Principal, PrincipalDep, Role, require_roles
from munbot_common.clock import Clock
from munbot_common.database import SessionDep
from munbot_common.problems import Forbidden, NotFound, Unauthorized, Unprocessable, problem_responses

from munbot_conversations.auth.service import AgentInactive, as_of_now

STAFF = (Role.ADMIN, Role.AGENT, Role.VIEWER)
WRITERS = (Role.ADMIN, Role.AGENT)


def require_present(*roles: Role) -> Callable[[Principal, SessionDep], Principal]:
    """Return a dependency that lets only these roles through; of an official the present one counts.

    Raises:
        Forbidden: the caller has another role.
        AgentInactive: the official's account was switched off.
        TokenInvalid: the official's password was changed since.
    """
    allowed = frozenset(roles)

    def check(principal: PrincipalDep, session: SessionDep) -> Principal:
        caller = as_of_now(session, principal) if principal.is_staff else principal
        if caller.role not in allowed:
            raise Forbidden
        return caller

    return check


def _clock(request: Request) -> Clock:
    clock: Clock = request.app.state.clock
    return clock


ClockDep = Annotated[Clock, Depends(_clock)]
"""The time of day."""

StaffDep = Annotated[Principal, Depends(require_present(*STAFF))]
"""Any official."""

ReaderDep = Annotated[Principal, Depends(require_present(*STAFF, Role.SERVICE))]
"""Any official, or another service."""

OwnDep = Annotated[Principal, Depends(require_present(*STAFF, Role.SERVICE, Role.VISITOR))]
"""Anybody with a token; a visitor only for what is theirs."""

WriterDep = Annotated[Principal, Depends(require_present(*WRITERS))]
"""An official who may act."""

AdminDep = Annotated[Principal, Depends(require_present(Role.ADMIN))]
"""An administrator of the tenant."""

AdminOrServiceDep = Annotated[Principal, Depends(require_present(Role.ADMIN, Role.SERVICE))]
"""An administrator, or the launcher setting up the first one."""

ServiceDep = Annotated[Principal, Depends(require_roles(Role.SERVICE))]
"""Another service."""


def reader_of(principal: Principal) -> UUID | None:
    """Return the official whose reading positions count for a caller; None for everybody else."""
    if not principal.is_staff:
        return None
    try:
        return UUID(principal.subject)
    except ValueError:
        return None


SECURED = problem_responses(Unauthorized, Forbidden, AgentInactive, Unprocessable)
SECURED_OBJECT = problem_responses(Unauthorized, Forbidden, AgentInactive, NotFound, Unprocessable)
