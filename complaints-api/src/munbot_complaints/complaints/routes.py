"""HTTP entrance to complaints."""

import re
from typing import Annotated, Literal, TypeVar

from fastapi import APIRouter, Depends, Header, Path, Query, Response
from fastapi.responses import StreamingResponse
from munbot_common.auth import Principal, PrincipalDep, Role, require_roles
from munbot_common.idempotency import IdempotencyKey, IdempotencyKeyReused
from munbot_common.problems import Forbidden, Unauthorized, Unprocessable, problem_responses

from munbot_complaints.attachments.service import AttachmentUnknown
from munbot_complaints.categories.service import CategoryUnknown
from munbot_complaints.complaints.filters import FilterDep, RutInvalid, SortQuery, sort_of
from munbot_complaints.complaints.models import ComplaintDocument
from munbot_complaints.complaints.problems import (
    CommentsFull,
    ComplaintNotFound,
    CursorInvalid,
    IfMatchInvalid,
    MergeIllegal,
    ReasonRequired,
    TransitionIllegal,
    VersionConflict,
)
from munbot_complaints.complaints.schemas import (
    AssignBody,
    AttachBody,
    Change,
    CommentBody,
    ComplaintBody,
    ComplaintOut,
    ComplaintPage,
    Duplicates,
    MergeBody,
    Receipt,
    StatusBody,
)
from munbot_complaints.dependencies import Services, ServicesDep
from munbot_complaints.fields import Code
from munbot_complaints.folios import FolioInvalid

router = APIRouter(prefix="/v1/complaints", tags=["complaints"])

WriterDep = Annotated[Principal, Depends(require_roles(Role.ADMIN, Role.AGENT, Role.SERVICE, Role.VISITOR))]
OperatorDep = Annotated[Principal, Depends(require_roles(Role.ADMIN, Role.AGENT, Role.SERVICE))]
OfficeDep = Annotated[Principal, Depends(require_roles(Role.ADMIN, Role.AGENT, Role.VIEWER, Role.SERVICE))]
FolioPath = Annotated[str, Path(max_length=60, examples=["REC-2026-000013-7"])]

_CHANGE = (Unauthorized, Forbidden, ComplaintNotFound, FolioInvalid, VersionConflict, Unprocessable)


@router.post(
    "",
    status_code=201,
    responses=problem_responses(
        Unauthorized, Forbidden, CategoryUnknown, AttachmentUnknown, IdempotencyKeyReused, Unprocessable
    ),
)
def create(
    body: ComplaintBody, principal: WriterDep, services: ServicesDep, response: Response, key: IdempotencyKey = None
) -> Receipt:
    """Register a complaint and get its folio. With an Idempotency-Key, trying again is safe."""
    receipt, replayed = services.intake.create(principal, body, key)
    if replayed:
        response.headers["Idempotency-Replayed"] = "true"
    response.headers["Location"] = f"/v1/complaints/{receipt.folio}"
    return receipt


@router.get("", responses=problem_responses(Unauthorized, CursorInvalid, RutInvalid, Unprocessable))
def list_complaints(
    wanted: FilterDep,
    services: ServicesDep,
    sort: SortQuery = None,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ComplaintPage:
    """Return one page of complaints."""
    return services.lists.page(wanted, sort=sort_of(sort, wanted), cursor=cursor, limit=limit)


@router.get(
    "/export.csv",
    response_class=StreamingResponse,
    responses=problem_responses(Unauthorized, Forbidden, Unprocessable)
    | {200: {"content": {"text/csv": {}}, "description": "UTF-8 with BOM"}},
)
def export(
    _principal: OfficeDep,
    wanted: FilterDep,
    services: ServicesDep,
    sort: SortQuery = None,
    separator: Annotated[
        Literal["comma", "semicolon"], Query(description="Excel in Spanish wants semicolons")
    ] = "comma",
) -> StreamingResponse:
    """Return all complaints of a list as CSV, for officials."""
    parts = services.lists.export(wanted, sort=sort_of(sort, wanted), separator="," if separator == "comma" else ";")
    headers = {"Content-Disposition": 'attachment; filename="reclamos.csv"', "X-Content-Type-Options": "nosniff"}
    return StreamingResponse(parts, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/duplicates", responses=problem_responses(Unauthorized, Unprocessable))
def duplicates(  # noqa: PLR0917 - FastAPI calls it by name
    principal: PrincipalDep,
    services: ServicesDep,
    category: Annotated[Code, Query()],
    latitude: Annotated[float, Query(ge=-90, le=90, allow_inf_nan=False)],
    longitude: Annotated[float, Query(ge=-180, le=180, allow_inf_nan=False)],
    radius_m: Annotated[float, Query(gt=0, le=5_000, allow_inf_nan=False)] = 150,
    limit: Annotated[int, Query(ge=1, le=50)] = 5,
) -> Duplicates:
    """Return open complaints of the category nearby, from the last sixty days: perhaps it is known already."""
    return Duplicates(
        items=services.lists.duplicates(
            principal, category=category, longitude=longitude, latitude=latitude, radius_m=radius_m, limit=limit
        )
    )


@router.get("/{folio}", responses=problem_responses(Unauthorized, ComplaintNotFound, FolioInvalid))
def read(folio: FolioPath, principal: PrincipalDep, services: ServicesDep, response: Response) -> ComplaintOut:
    """Return a complaint with its comments and history; its ETag is its version."""
    return _answer(services, principal, services.complaints.get(principal, folio), response)


def seen_version(
    if_match: Annotated[str | None, Header(max_length=40, description="An ETag of this complaint")] = None,
) -> int | None:
    """Return the version that a change is based on; `*` and nothing mean any.

    Raises:
        IfMatchInvalid: it is no ETag of a complaint.
    """
    if if_match is None or if_match.strip() == "*":
        return None
    found = re.fullmatch(r'\s*(?:W/)?"([1-9][0-9]{0,9})"\s*', if_match)
    if found is None:
        raise IfMatchInvalid
    return int(found[1])


Wish = TypeVar("Wish", bound=Change)
SeenDep = Annotated[int | None, Depends(seen_version)]


@router.post("/{folio}/comments", status_code=201, responses=problem_responses(*_CHANGE, CommentsFull, IfMatchInvalid))
def comment(  # noqa: PLR0917 - FastAPI calls it by name
    folio: FolioPath, body: CommentBody, principal: WriterDep, services: ServicesDep, response: Response, seen: SeenDep
) -> ComplaintOut:
    """Write on a complaint, for the office only or for the citizen too, who is told where they wrote to us."""
    changed = services.complaints.comment(principal, folio, based_on(body, seen))
    return _answer(services, principal, changed, response)


@router.post("/{folio}/assign", responses=problem_responses(*_CHANGE, IfMatchInvalid))
def assign(  # noqa: PLR0917
    folio: FolioPath, body: AssignBody, principal: OperatorDep, services: ServicesDep, response: Response, seen: SeenDep
) -> ComplaintOut:
    """Say who takes care of a complaint."""
    changed = services.complaints.assign(principal, folio, based_on(body, seen))
    return _answer(services, principal, changed, response)


@router.post(
    "/{folio}/status", responses=problem_responses(*_CHANGE, TransitionIllegal, ReasonRequired, IfMatchInvalid)
)
def move(  # noqa: PLR0917
    folio: FolioPath, body: StatusBody, principal: OperatorDep, services: ServicesDep, response: Response, seen: SeenDep
) -> ComplaintOut:
    """Change a complaint's state; citizens of the complaints that are merged into it are told too."""
    changed = services.complaints.move(principal, folio, based_on(body, seen))
    return _answer(services, principal, changed, response)


@router.post("/{folio}/merge", responses=problem_responses(*_CHANGE, MergeIllegal, IfMatchInvalid))
def merge(  # noqa: PLR0917
    folio: FolioPath, body: MergeBody, principal: OperatorDep, services: ServicesDep, response: Response, seen: SeenDep
) -> ComplaintOut:
    """Close a complaint that repeats another: it follows that one from now on. Reopening it separates them."""
    changed = services.merging.merge(principal, folio, based_on(body, seen))
    return _answer(services, principal, changed, response)


@router.post("/{folio}/attachments", responses=problem_responses(*_CHANGE, AttachmentUnknown, IfMatchInvalid))
def attach(  # noqa: PLR0917
    folio: FolioPath, body: AttachBody, principal: WriterDep, services: ServicesDep, response: Response, seen: SeenDep
) -> ComplaintOut:
    """Add completed attachments to a complaint."""
    changed = services.complaints.attach(principal, folio, based_on(body, seen))
    return _answer(services, principal, changed, response)


def based_on(body: Wish, seen: int | None) -> Wish:
    """Return a change with the version of its If-Match header, where its body names none."""
    return body if seen is None or body.version is not None else body.model_copy(update={"version": seen})


def _answer(services: Services, principal: Principal, document: ComplaintDocument, response: Response) -> ComplaintOut:
    response.headers["ETag"] = f'"{document["version"]}"'
    return services.complaints.shown(document, principal)
