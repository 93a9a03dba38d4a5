"""What routes are given: the clock, the settings, and who may do what."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from munbot_common.auth import Principal, PrincipalDep, Role, require_roles
from munbot_common.clock import Clock
from munbot_common.database import SessionDep
from munbot_common.problems import Forbidden, NotFound, Unauthorized, problem_responses
from sqlalchemy.orm import Session

from munbot_scheduler.audit.service import Actor
from munbot_scheduler.availability.agenda import AgendaCache
from munbot_scheduler.availability.service import Availability
from munbot_scheduler.context import Context
from munbot_scheduler.problems import ConversationRequired, Stale
from munbot_scheduler.settings import ApiSettings
from munbot_scheduler.texts import say


async def get_now(request: Request) -> datetime:
    """Return the present moment, by the application's clock."""
    clock: Clock = request.app.state.clock
    return clock()


async def get_settings(request: Request) -> ApiSettings:
    """Return the application's settings."""
    settings: ApiSettings = request.app.state.settings
    return settings


NowDep = Annotated[datetime, Depends(get_now)]
SettingsDep = Annotated[ApiSettings, Depends(get_settings)]


async def get_cache(request: Request) -> AgendaCache:
    """Return the agendas that this process has loaded."""
    cache: AgendaCache = request.app.state.agendas
    return cache


CacheDep = Annotated[AgendaCache, Depends(get_cache)]


def is_bound_by_notice(principal: Principal) -> bool:
    """Whether a caller has to book some time ahead: everybody but the officials who run the agenda."""
    return principal.role not in {Role.ADMIN, Role.AGENT}


@dataclass(frozen=True, slots=True)
class Environment:
    """What every request works with, whoever calls."""

    session: Session
    settings: ApiSettings
    now: datetime
    cache: AgendaCache

    def context(self, principal: Principal) -> Context:
        """Return the context of a change by this caller."""
        return Context(
            self.session,
            Actor.of(principal),
            self.settings,
            self.now,
            sees_all=principal.role is not Role.VISITOR,
            notice=is_bound_by_notice(principal),
            cache=self.cache,
        )

    def availability(self, tenant: str, principal: Principal | None = None) -> Availability:
        """Return the answers about a tenant's free time, to this caller or to whoever has the secret link."""
        notice = principal is None or is_bound_by_notice(principal)
        return Availability(self.session, tenant, self.settings, self.now, self.cache, notice=notice)


async def get_environment(session: SessionDep, settings: SettingsDep, now: NowDep, cache: CacheDep) -> Environment:
    """Return what the request works with."""
    return Environment(session, settings, now, cache)


EnvironmentDep = Annotated[Environment, Depends(get_environment, scope="function")]


async def get_context(environment: EnvironmentDep, principal: PrincipalDep) -> Context:
    """Return the context of a change by the caller."""
    return environment.context(principal)


ContextDep = Annotated[Context, Depends(get_context, scope="function")]

STAFF_AND_SERVICES = (Role.ADMIN, Role.AGENT, Role.VIEWER, Role.SERVICE)
ReaderDep = Annotated[Principal, Depends(require_roles(*STAFF_AND_SERVICES))]
"""Officials and services: may read everything of their tenant."""
AnyReaderDep = PrincipalDep
"""Everybody with a token; visitors see their own, masked."""
AdminDep = Annotated[Principal, Depends(require_roles(Role.ADMIN))]
"""May configure."""
OperatorDep = Annotated[Principal, Depends(require_roles(Role.ADMIN, Role.AGENT, Role.SERVICE))]
"""May run the agenda."""
BookerDep = Annotated[Principal, Depends(require_roles(Role.ADMIN, Role.AGENT, Role.SERVICE, Role.VISITOR))]
"""May book: officials, services, and citizens for themselves."""

ACCESS = problem_responses(Unauthorized, Forbidden)
ACCESS_ITEM = problem_responses(Unauthorized, Forbidden, NotFound)


def visitor_conversation(principal: Principal) -> str | None:
    """Return the conversation that a visitor is bound to, None for everybody else.

    Raises:
        ConversationRequired: a visitor's token without one.
    """
    if principal.role is not Role.VISITOR:
        return None
    if principal.conversation_id is None:
        raise ConversationRequired(say("problems.conversation_required"))
    return str(principal.conversation_id)


IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", max_length=32, description='The version that the caller has seen, such as `"3"`'),
]


def check_version(if_match: str | None, version: int, current: Any) -> None:
    """Refuse an edit of something that has changed since the caller read it.

    Args:
        if_match: the header; without one, the last writer wins.
        version: what it is now.
        current: JSON of the present state, for the answer.

    Raises:
        Stale: the versions differ.
    """
    if if_match is None or if_match.strip() == "*":
        return
    if if_match.strip().removeprefix("W/").strip('"') != str(version):
        raise Stale(say("problems.stale"), extra={"current": current})
