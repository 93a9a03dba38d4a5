"""HTTP entrance to tracking; no login."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from munbot_common.problems import problem_responses

from munbot_complaints.dependencies import ServicesDep
from munbot_complaints.folios import FolioInvalid
from munbot_complaints.tracking.schemas import PublicComplaint
from munbot_complaints.tracking.service import ComplaintUnknown, RutEndInvalid, TenantRequired, TooManyAttempts

router = APIRouter(prefix="/v1/public/complaints", tags=["tracking"])


@router.get(
    "/{folio}",
    responses=problem_responses(FolioInvalid, RutEndInvalid, TenantRequired, ComplaintUnknown, TooManyAttempts),
)
def follow(
    folio: Annotated[str, Path(max_length=60, examples=["REC-2026-000013-7"])],
    rut_last4: Annotated[str, Query(max_length=12, description="Last four characters of the RUT", examples=["9032"])],
    services: ServicesDep,
    tenant: Annotated[str | None, Query(max_length=64)] = None,
) -> PublicComplaint:
    """Return state, since when, next date and public updates of a complaint."""
    return services.tracking.follow(folio, rut_last4, tenant)
