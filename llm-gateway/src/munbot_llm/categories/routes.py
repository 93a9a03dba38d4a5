"""HTTP entrance to suggestions of categories."""

from fastapi import APIRouter, Depends
from munbot_common.auth import Role, require_roles
from munbot_common.problems import Forbidden, Unauthorized, Unprocessable, problem_responses
from munbot_contracts.jobs import CategoryResult

from munbot_llm.categories.schemas import CategoriseBody
from munbot_llm.dependencies import ServicesDep

router = APIRouter(prefix="/v1", tags=["categories"])
get_reader = require_roles(Role.ADMIN, Role.AGENT, Role.VIEWER, Role.SERVICE)


@router.post(
    "/categorise",
    dependencies=[Depends(get_reader)],
    responses=problem_responses(Unauthorized, Forbidden, Unprocessable),
)
def categorise(body: CategoriseBody, services: ServicesDep) -> CategoryResult:
    """Suggest a category for a complaint, with how sure that is, and two others. Works without a language model."""
    return services.categories.suggest(body.text, body.categories)
