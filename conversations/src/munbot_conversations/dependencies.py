"""What routes ask FastAPI for."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from munbot_common.auth import Principal, Role, require_roles
from munbot_common.clock import Clock
from munbot_common.problems import Forbidden, NotFound, Unauthorized, Unprocessable, problem_responses

STAFF = (Role.ADMIN, Role.AGENT, Role.VIEWER)
WRITERS = (Role.ADMIN, Role.AGENT)


def _clock(request: Request) -> Clock:
    clock: Clock = request.app.state.clock
    return clock


ClockDep = Annotated[Clock, Depends(_clock)]
"""The time of day."""

StaffDep = Annotated[Principal, Depends(require_roles(*STAFF))]
"""Any official."""

ReaderDep = Annotated[Principal, Depends(require_roles(*STAFF, Role.SERVICE))]
"""Any official, or another service."""

OwnDep = Annotated[Principal, Depends(require_roles(*STAFF, Role.SERVICE, Role.VISITOR))]
"""Anybody with a token; a visitor only for what is theirs."""

WriterDep = Annotated[Principal, Depends(require_roles(*WRITERS))]
"""An official who may act."""

AdminDep = Annotated[Principal, Depends(require_roles(Role.ADMIN))]
"""An administrator of the tenant."""

AdminOrServiceDep = Annotated[Principal, Depends(require_roles(Role.ADMIN, Role.SERVICE))]
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


SECURED = problem_responses(Unauthorized, Forbidden, Unprocessable)
SECURED_OBJECT = problem_responses(Unauthorized, Forbidden, NotFound, Unprocessable)
