"""/v1/agents."""

from uuid import UUID

from fastapi import APIRouter
from munbot_common.database import SessionDep
from munbot_common.problems import Forbidden, Unauthorized, Unprocessable, problem_responses

from munbot_conversations.agents import repository, service
from munbot_conversations.agents.schemas import AgentChange, AgentCreate, AgentItem, AgentList
from munbot_conversations.dependencies import SECURED, AdminOrServiceDep, ClockDep, ReaderDep
from munbot_conversations.tenants.service import TenantUnknown

router = APIRouter(prefix="/v1/agents", tags=["agents"])


@router.get("", responses=SECURED)
def list_agents(principal: ReaderDep, session: SessionDep) -> AgentList:
    """List the tenant's agents."""
    agents = repository.all_of(session, principal.tenant)
    return AgentList(items=[AgentItem.model_validate(agent) for agent in agents])


@router.post(
    "",
    status_code=201,
    responses=problem_responses(Unauthorized, Forbidden, TenantUnknown, service.EmailTaken, Unprocessable),
)
def create_agent(wish: AgentCreate, principal: AdminOrServiceDep, session: SessionDep) -> AgentItem:
    """Add an agent."""
    return AgentItem.model_validate(service.create(session, principal, wish))


@router.patch(
    "/{agent_id}",
    responses=problem_responses(Unauthorized, Forbidden, service.AgentNotFound, service.LastAdmin, Unprocessable),
)
def change_agent(
    agent_id: UUID, wish: AgentChange, principal: AdminOrServiceDep, session: SessionDep, clock: ClockDep
) -> AgentItem:
    """Change an agent; to remove one, make them inactive: what they did stays theirs."""
    return AgentItem.model_validate(service.change(session, principal, agent_id, wish, clock))
