"""Adding and changing agents."""

from uuid import UUID

from munbot_common.auth import Principal
from munbot_common.clock import Clock
from munbot_common.problems import Conflict, NotFound
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from munbot_conversations.agents import repository
from munbot_conversations.agents.models import Agent
from munbot_conversations.agents.schemas import AgentChange, AgentCreate
from munbot_conversations.audit.service import record
from munbot_conversations.auth.passwords import hash_password
from munbot_conversations.tenants import service as tenants


class AgentNotFound(NotFound):
    """No such agent in the tenant."""

    code = "agent_not_found"
    title = "Ese funcionario no existe"


class EmailTaken(Conflict):
    """Somebody has that e-mail."""

    code = "email_taken"
    title = "Ya existe un funcionario con ese correo"


class LastAdmin(Conflict):
    """A tenant keeps at least one administrator."""

    code = "last_admin"
    title = "Debe quedar al menos un administrador activo"


def create(session: Session, principal: Principal, wish: AgentCreate) -> Agent:
    """Add an agent to the caller's tenant.

    Raises:
        EmailTaken: somebody has that e-mail.
        TenantUnknown: a service named a tenant that is not there.
    """
    tenants.require(session, principal.tenant)
    agent = Agent(
        tenant_id=principal.tenant,
        email=wish.email,
        name=wish.name,
        role=wish.role,
        password_hash=hash_password(wish.password),
        active=True,
    )
    try:
        with session.begin_nested():
            session.add(agent)
    except IntegrityError as error:
        raise EmailTaken from error
    session.refresh(agent)
    record(
        session,
        principal,
        action="agent.create",
        object_type="agent",
        object_id=agent.id,
        after={"email": agent.email, "name": agent.name, "role": agent.role},
    )
    return agent


def change(session: Session, principal: Principal, agent_id: UUID, wish: AgentChange, clock: Clock) -> Agent:
    """Change an agent of the caller's tenant.

    Raises:
        AgentNotFound: there is none.
        LastAdmin: nobody would be left to administer.
    """
    admins = repository.lock_all_admins(session, principal.tenant)
    agent = repository.get(session, principal.tenant, agent_id)
    if agent is None:
        raise AgentNotFound
    stays_admin = (wish.role or agent.role) == "admin" and (agent.active if wish.active is None else wish.active)
    if [admin.id for admin in admins] == [agent.id] and not stays_admin:
        raise LastAdmin
    before = {"name": agent.name, "role": agent.role, "active": agent.active}
    agent.name = wish.name or agent.name
    agent.role = wish.role or agent.role
    agent.active = agent.active if wish.active is None else wish.active
    if wish.password is not None:
        agent.password_hash = hash_password(wish.password)
    if wish.password is not None or not agent.active:
        agent.session_version += 1
    agent.updated_at = clock()
    record(
        session,
        principal,
        action="agent.change",
        object_type="agent",
        object_id=agent.id,
        before=before,
        after={
            "name": agent.name,
            "role": agent.role,
            "active": agent.active,
            "password_changed": wish.password is not None,
        },
    )
    return agent
