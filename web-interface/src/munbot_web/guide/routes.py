"""What anybody may read about an office. Here, and not at its owners, because a widget on another site needs CORS."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from munbot_common.problems import Unavailable, problem_responses

from munbot_web.chat.hub import TenantUnknown
from munbot_web.guide.schemas import Guide, Tenant
from munbot_web.guide.service import GuideService

router = APIRouter(prefix="/api/chat/tenants", tags=["guide"])

TenantPath = Annotated[str, Path(max_length=64, pattern=r"^[a-z0-9][a-z0-9-]*$")]
CACHE = "public, max-age=60"


def _service(request: Request) -> GuideService:
    service: GuideService = request.app.state.guide
    return service


@router.get("/{tenant}", responses=problem_responses(TenantUnknown, Unavailable))
async def read_tenant(tenant: TenantPath, request: Request, response: Response) -> Tenant:
    """Read an office's name, colours and greeting."""
    found = await _service(request).tenant(tenant)
    response.headers["Cache-Control"] = CACHE
    return found


@router.get("/{tenant}/guide", responses=problem_responses(TenantUnknown, Unavailable))
async def read_guide(tenant: TenantPath, request: Request, response: Response) -> Guide:
    """Read an office's procedures, with the papers that each needs, and its places with their hours."""
    found = await _service(request).guide(tenant)
    response.headers["Cache-Control"] = CACHE
    return found
