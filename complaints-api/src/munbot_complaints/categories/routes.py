"""HTTP entrance to the categories."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from munbot_common.auth import Principal, PrincipalDep, Role, require_roles
from munbot_common.problems import Forbidden, Unauthorized, Unprocessable, problem_responses

from munbot_complaints.categories.schemas import CategoryBody, CategoryMatches, CategoryNode, CategoryTree
from munbot_complaints.categories.service import CategoryParentMissing
from munbot_complaints.dependencies import ServicesDep
from munbot_complaints.fields import Code

router = APIRouter(prefix="/v1/categories", tags=["categories"])
AdminDep = Annotated[Principal, Depends(require_roles(Role.ADMIN, Role.SERVICE))]


@router.get("", responses=problem_responses(Unauthorized))
def read_tree(
    principal: PrincipalDep,
    services: ServicesDep,
    inactive: Annotated[bool, Query()] = False,  # noqa: FBT002 - a query parameter
) -> CategoryTree:
    """Return what can be complained about, with synonyms, unit and term; `inactive=true` shows retired ones too."""
    return CategoryTree(items=services.categories.tree(principal.tenant, inactive=inactive and principal.is_staff))


@router.get("/match", responses=problem_responses(Unauthorized, Unprocessable))
def match_categories(
    principal: PrincipalDep,
    services: ServicesDep,
    text: Annotated[str, Query(max_length=4000)],
    limit: Annotated[int, Query(ge=1, le=20)] = 3,
) -> CategoryMatches:
    """Return the categories that somebody's own words may mean, best first."""
    return CategoryMatches(items=services.categories.guess(principal.tenant, text, limit))


@router.put("/{code}", responses=problem_responses(Unauthorized, Forbidden, CategoryParentMissing, Unprocessable))
def write_category(
    code: Annotated[Code, Path()], body: CategoryBody, principal: AdminDep, services: ServicesDep
) -> CategoryNode:
    """Create or change a category; `active: false` retires it."""
    return services.categories.save(principal, code, body)
