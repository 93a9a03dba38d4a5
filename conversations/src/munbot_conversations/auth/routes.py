"""/v1/auth and /v1/sessions."""

from datetime import timedelta

from fastapi import APIRouter, Request
from munbot_common.auth import TokenSigner
from munbot_common.database import SessionDep
from munbot_common.problems import Forbidden, Unauthorized, Unprocessable, problem_responses

from munbot_conversations.auth import service
from munbot_conversations.auth.schemas import (
    LoginAnswer,
    LoginRequest,
    Me,
    PasswordChange,
    SessionAnswer,
    SessionRequest,
)
from munbot_conversations.dependencies import SECURED, ClockDep, ServiceDep, StaffDep
from munbot_conversations.settings import ApiSettings
from munbot_conversations.tenants.service import TenantUnknown

router = APIRouter(prefix="/v1", tags=["auth"])


@router.post("/auth/login", responses=problem_responses(service.LoginFailed, service.LoginLocked, Unprocessable))
def login(wish: LoginRequest, request: Request) -> LoginAnswer:
    """Log an official in."""
    desk: service.Login = request.app.state.login
    return desk.login(wish)


@router.get("/auth/me", responses=SECURED)
def me(principal: StaffDep, session: SessionDep) -> Me:
    """Return the official behind the token."""
    return service.me_of(service.current_agent(session, principal))


@router.post("/auth/refresh", responses=SECURED)
def refresh(principal: StaffDep, session: SessionDep, request: Request) -> LoginAnswer:
    """Exchange a token that is still valid for a fresh one, as long as the login is not too long ago."""
    desk: service.Login = request.app.state.login
    return desk.renew(session, principal)


@router.post(
    "/auth/password",
    responses=problem_responses(Unauthorized, service.LoginFailed, Forbidden, service.LoginLocked, Unprocessable),
)
def change_password(wish: PasswordChange, principal: StaffDep, session: SessionDep, request: Request) -> LoginAnswer:
    """Change the own password. All sessions end; the answer has the token of a new one."""
    desk: service.Login = request.app.state.login
    return desk.change_password(session, principal, wish)


@router.post(
    "/sessions",
    status_code=201,
    responses=problem_responses(Unauthorized, Forbidden, TenantUnknown, Unprocessable),
)
def open_session(
    wish: SessionRequest, principal: ServiceDep, session: SessionDep, request: Request, clock: ClockDep
) -> SessionAnswer:
    """Give a channel the citizen's open conversation and a token for it; the same address, the same conversation."""
    settings: ApiSettings = request.app.state.settings
    signer: TokenSigner = request.app.state.token_signer
    return service.open_session(
        session,
        principal.tenant,
        wish,
        signer=signer,
        lifetime=timedelta(days=settings.visitor_token_days),
        clock=clock,
    )
