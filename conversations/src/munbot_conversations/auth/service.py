"""Login, and tokens for citizens."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from munbot_common.auth import Principal, Role, TokenInvalid, TokenSigner
from munbot_common.clock import Clock
from munbot_common.database import SessionFactory, unit_of_work
from munbot_common.outbox import record_events
from munbot_common.problems import Forbidden, TooManyRequests, Unauthorized
from sqlalchemy.orm import Session

from munbot_conversations.agents import repository as agents
from munbot_conversations.agents.models import Agent
from munbot_conversations.audit.service import record
from munbot_conversations.auth import repository
from munbot_conversations.auth.passwords import hash_password, verify_password
from munbot_conversations.auth.schemas import (
    LoginAnswer,
    LoginRequest,
    Me,
    PasswordChange,
    SessionAnswer,
    SessionRequest,
)
from munbot_conversations.base import OUTBOX
from munbot_conversations.contacts import repository as contacts
from munbot_conversations.conversations import events
from munbot_conversations.conversations import repository as conversations
from munbot_conversations.settings import ApiSettings
from munbot_conversations.tenants import repository as tenants
from munbot_conversations.tenants import service as tenant_service
from munbot_conversations.texts import say, texts

DEMO_DOMAINS: Sequence[str] = (".demo",)


class LoginFailed(Unauthorized):
    """Wrong tenant, e-mail or password; which of them is nobody's business."""

    code = "login_failed"
    title = "Correo o contraseña incorrectos"


class LoginLocked(TooManyRequests):
    """Too many failures in a row."""

    code = "login_locked"
    title = "Demasiados intentos fallidos. Espere unos minutos"


class AgentInactive(Forbidden):
    """The account behind the token was switched off."""

    code = "agent_inactive"
    title = "Su cuenta ya no está activa"


class Login:
    """Checks passwords and hands out tokens.

    Failures are counted in a transaction of their own: the request's is rolled back with the refusal.
    """

    def __init__(
        self, session_factory: SessionFactory, signer: TokenSigner, settings: ApiSettings, clock: Clock
    ) -> None:
        self._factory = session_factory
        self._signer = signer
        self._settings = settings
        self._clock = clock

    def login(self, wish: LoginRequest) -> LoginAnswer:
        """Return a token for an agent.

        Raises:
            LoginFailed: wrong name or password.
            LoginLocked: too many failures; `Retry-After` says how long.
        """
        email = wish.email.lower()
        agent = self._candidate(wish.tenant, email)
        right, renewed = verify_password(wish.password, agent.password_hash if agent else None)
        if agent is None or not right:
            self._note_failure(wish.tenant, email)
            raise LoginFailed
        with unit_of_work(self._factory) as session:
            repository.clear_failures(session, wish.tenant, email)
            if renewed:
                session.merge(agent).password_hash = renewed
            principal = Principal(subject=str(agent.id), role=Role(agent.role), tenant=agent.tenant_id)
            record(session, principal, action="login", object_type="agent", object_id=agent.id)
        return self._token_for(agent, self._clock())

    def renew(self, session: Session, principal: Principal) -> LoginAnswer:
        """Return a fresh token for a valid one, with the official's present role.

        Raises:
            TokenInvalid: the password was given too long ago.
        """
        agent, now = current_agent(session, principal), self._clock()
        since = principal.logged_in_at or now
        if now - since > timedelta(hours=self._settings.agent_session_hours):
            raise TokenInvalid
        return self._token_for(agent, since)

    def change_password(self, session: Session, principal: Principal, wish: PasswordChange) -> LoginAnswer:
        """Give an agent the new password they want, and the token of the one session that goes on.

        A wrong password counts as at the login: a stolen session must not be used to find the right one.

        Raises:
            LoginFailed: the current one is wrong.
            LoginLocked: too many failures; `Retry-After` says how long.
        """
        agent, now = current_agent(session, principal), self._clock()
        self._refuse_locked(session, agent.tenant_id, agent.email)
        right, _ = verify_password(wish.current_password, agent.password_hash)
        if not right:
            self._note_failure(agent.tenant_id, agent.email)
            raise LoginFailed(say("password_wrong"))
        agent.password_hash = hash_password(wish.new_password)
        agent.session_version += 1
        agent.updated_at = now
        record(session, principal, action="agent.password", object_type="agent", object_id=agent.id)
        return self._token_for(agent, now)

    def _token_for(self, agent: Agent, logged_in_at: datetime) -> LoginAnswer:
        lifetime = timedelta(minutes=self._settings.agent_token_minutes)
        token = self._signer.issue(
            subject=str(agent.id),
            role=Role(agent.role),
            tenant=agent.tenant_id,
            lifetime=lifetime,
            session_version=agent.session_version,
            logged_in_at=logged_in_at,
        )
        return LoginAnswer(access_token=token, expires_in=int(lifetime.total_seconds()), agent=me_of(agent))

    def _candidate(self, tenant: str, email: str) -> Agent | None:
        with unit_of_work(self._factory) as session:
            self._refuse_locked(session, tenant, email)
            if not self._settings.is_demo and email.endswith(tuple(DEMO_DOMAINS)):
                return None
            agent = agents.by_email(session, tenant, email)
            usable = agent is not None and agent.active and tenants.exists(session, tenant)
            return agent if usable else None

    def _refuse_locked(self, session: Session, tenant: str, email: str) -> None:
        locked, now = repository.locked_until(session, tenant, email), self._clock()
        if locked is not None and locked > now:
            seconds = _seconds_until(locked, now)
            raise LoginLocked(_wait_in_words(seconds), headers={"Retry-After": str(seconds)})

    def _note_failure(self, tenant: str, email: str) -> None:
        now = self._clock()
        with unit_of_work(self._factory) as session:
            repository.note_failure(
                session,
                tenant=tenant,
                email=email,
                limit=self._settings.lockout_failures,
                lock_until=now + timedelta(minutes=self._settings.lockout_minutes),
                now=now,
            )


def _wait_in_words(seconds: int) -> str:
    minutes = math.ceil(seconds / 60)
    words = texts()["login_locked"]
    return str(words["one"] if minutes == 1 else words["other"].format(minutes=minutes))


def _seconds_until(moment: datetime, now: datetime) -> int:
    return max(1, math.ceil((moment - now).total_seconds()))


def me_of(agent: Agent) -> Me:
    """Return an agent as they see themselves."""
    return Me(id=agent.id, name=agent.name, email=agent.email, role=agent.role, tenant=agent.tenant_id)


def as_of_now(session: Session, principal: Principal) -> Principal:
    """Return an official with the role that they have now; the token's may be older.

    Raises:
        AgentInactive: the account was switched off.
        TokenInvalid: the password was changed since the token was given.
    """
    found = agents.standing(session, principal.tenant, _agent_id(principal))
    if found is None or not found.active:
        raise AgentInactive
    if found.session_version != principal.session_version:
        raise TokenInvalid
    return replace(principal, role=Role(found.role))


def current_agent(session: Session, principal: Principal) -> Agent:
    """Return the active agent behind a token.

    Raises:
        AgentInactive: there is none any more.
    """
    agent = agents.get(session, principal.tenant, _agent_id(principal))
    if agent is None or not agent.active:
        raise AgentInactive
    return agent


def _agent_id(principal: Principal) -> UUID:
    try:
        return UUID(principal.subject)
    except ValueError as error:
        raise AgentInactive from error


def open_session(
    session: Session,
    tenant: str,
    wish: SessionRequest,
    *,
    signer: TokenSigner,
    lifetime: timedelta,
    clock: Clock,
) -> SessionAnswer:
    """Return the open conversation behind an address, opened now if there is none, and a token for it.

    Raises:
        TenantUnknown: no such municipality.
    """
    tenant_service.require(session, tenant)
    place = {"tenant": tenant, "channel": wish.channel, "account": wish.account, "address": wish.address}
    conversation = conversations.lock_live(session, **place)
    if conversation is None:
        contact_id = contacts.resolve(session, **place, name=wish.name)
        created = conversations.open_new(session, **place, contact_id=contact_id, now=clock())
        conversation = conversations.lock_live(session, **place)
        if conversation is None:
            msg = "the conversation was closed at the same moment"
            raise RuntimeError(msg)
        if created:
            record_events(session, OUTBOX, [events.opened(conversation, clock)])
    elif wish.name:
        contacts.learn(session, contact_id=conversation.contact_id, name=wish.name, phone=None, address=wish.address)
    token = signer.issue(
        subject=conversation.address,
        role=Role.VISITOR,
        tenant=tenant,
        lifetime=lifetime,
        conversation_id=conversation.id,
    )
    return SessionAnswer(
        conversation_id=conversation.id,
        contact_id=conversation.contact_id,
        token=token,
        expires_in=int(lifetime.total_seconds()),
    )
