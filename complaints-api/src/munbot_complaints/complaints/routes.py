"""HTTP entrance to complaints."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Response
from fastapi.responses import StreamingResponse
from munbot_common.auth import Principal, PrincipalDep, Role, require_roles
from munbot_common.chile import normalise_rut
from munbot_common.idempotency import IdempotencyKey, IdempotencyKeyReused
from munbot_common.problems import Forbidden, Unauthorized, Unprocessable, problem_responses
from munbot_contracts.complaints import ComplaintStatus

from munbot_complaints.attachments.service import AttachmentUnknown
from munbot_complaints.categories.service import CategoryUnknown
from munbot_complaints.complaints import views
from munbot_complaints.complaints.models import ComplaintDocument
from munbot_complaints.complaints.problems import (
    CommentsFull,
    ComplaintNotFound,
    CursorInvalid,
    ReasonRequired,
    TransitionIllegal,
    VersionConflict,
)
from munbot_complaints.complaints.queries import ComplaintFilter, Sort
from munbot_complaints.complaints.schemas import (
    AssignBody,
    AttachBody,
    CommentBody,
    ComplaintBody,
    ComplaintOut,
    ComplaintPage,
    Duplicates,
    Receipt,
    StatusBody,
)
from munbot_complaints.dependencies import Services, ServicesDep
from munbot_complaints.fields import Code
from munbot_complaints.folios import Folio, FolioInvalid

router = APIRouter(prefix="/v1/complaints", tags=["complaints"])

WriterDep = Annotated[Principal, Depends(require_roles(Role.ADMIN, Role.AGENT, Role.SERVICE, Role.VISITOR))]
OperatorDep = Annotated[Principal, Depends(require_roles(Role.ADMIN, Role.AGENT, Role.SERVICE))]
OfficeDep = Annotated[Principal, Depends(require_roles(Role.ADMIN, Role.AGENT, Role.VIEWER, Role.SERVICE))]
FolioPath = Annotated[str, Path(max_length=60, examples=["REC-2026-000013-7"])]

_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2200, 1, 1)
Day = Annotated[date | None, Query(ge=_FIRST_DAY, le=_LAST_DAY)]
_CHANGE = (Unauthorized, Forbidden, ComplaintNotFound, FolioInvalid, VersionConflict)


def list_filter(  # noqa: PLR0917 - FastAPI calls it by name
    principal: PrincipalDep,
    services: ServicesDep,
    status: Annotated[list[ComplaintStatus] | None, Query(max_length=8)] = None,
    category: Annotated[Code | None, Query(description="A category, with all below it")] = None,
    unit: Annotated[str | None, Query(max_length=200)] = None,
    assignee: Annotated[str | None, Query(max_length=200, description="`none` for those that nobody has")] = None,
    overdue: Annotated[bool | None, Query()] = None,
    q: Annotated[str | None, Query(max_length=200, description="Folio, RUT, or beginnings of words")] = None,
    rut: Annotated[str | None, Query(max_length=20)] = None,
    conversation_id: Annotated[str | None, Query(max_length=64)] = None,
    from_: Annotated[Day, Query(alias="from", description="First day, in the office's zone")] = None,
    to: Annotated[Day, Query(description="Last day, in the office's zone")] = None,
) -> ComplaintFilter:
    """Read the filters that lists and the export share. A citizen's list is their own conversation's."""
    calendar = services.calendars.of(principal.tenant)

    def midnight(day: date | None, days: int) -> datetime | None:
        if day is None:
            return None
        return datetime.combine(day + timedelta(days=days), time(), tzinfo=calendar.zone).astimezone(UTC)

    folio, person, said = _understand(q)
    own = principal.role is Role.VISITOR
    return ComplaintFilter(
        tenant=principal.tenant,
        statuses=tuple(dict.fromkeys(item.value for item in status or ())),
        category=category,
        unit=unit,
        assignee=None if assignee == "none" else assignee,
        unassigned=assignee == "none",
        overdue=overdue,
        q=said,
        folio=folio,
        rut=_rut(rut) if rut else person,
        conversation_id=str(principal.conversation_id) if own else conversation_id,
        created_from=midnight(from_, 0),
        created_to=midnight(to, 1),
    )


class RutInvalid(Unprocessable):
    """A RUT whose check digit does not fit."""

    code = "rut_invalid"
    title = "El RUT no es válido: revise los números y el dígito verificador"


def _rut(text: str) -> str:
    try:
        return normalise_rut(text)
    except ValueError as error:
        raise RutInvalid from error


def _understand(q: str | None) -> tuple[Folio | None, str | None, str | None]:
    """Return what somebody typed into the search box, as a folio, a RUT or words."""
    if not q or not q.strip():
        return None, None, None
    try:
        return Folio.parse(q), None, None
    except FolioInvalid:
        pass
    try:
        return None, normalise_rut(q), None
    except ValueError:
        return None, None, q


FilterDep = Annotated[ComplaintFilter, Depends(list_filter)]
SortQuery = Annotated[
    Sort | None, Query(description="`created`: newest first. `due`: earliest first, only those whose term runs")
]


def _sort(sort: Sort | None, wanted: ComplaintFilter) -> Sort:
    return sort or ("due" if wanted.overdue else "created")


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
    return services.lists.page(wanted, sort=_sort(sort, wanted), cursor=cursor, limit=limit)


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
    parts = services.lists.export(wanted, sort=_sort(sort, wanted), separator="," if separator == "comma" else ";")
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
def read(folio: FolioPath, principal: PrincipalDep, services: ServicesDep) -> ComplaintOut:
    """Return a complaint with its comments and history."""
    return views.full(services.complaints.get(principal, folio), principal, services.clock())


@router.post("/{folio}/comments", status_code=201, responses=problem_responses(*_CHANGE, CommentsFull))
def comment(folio: FolioPath, body: CommentBody, principal: WriterDep, services: ServicesDep) -> ComplaintOut:
    """Write on a complaint, for the office only or for the citizen too."""
    return _answer(services, principal, services.complaints.comment(principal, folio, body))


@router.post("/{folio}/assign", responses=problem_responses(*_CHANGE))
def assign(folio: FolioPath, body: AssignBody, principal: OperatorDep, services: ServicesDep) -> ComplaintOut:
    """Say who takes care of a complaint."""
    return _answer(services, principal, services.complaints.assign(principal, folio, body))


@router.post("/{folio}/status", responses=problem_responses(*_CHANGE, TransitionIllegal, ReasonRequired))
def move(folio: FolioPath, body: StatusBody, principal: OperatorDep, services: ServicesDep) -> ComplaintOut:
    """Change a complaint's state."""
    return _answer(services, principal, services.complaints.move(principal, folio, body))


@router.post("/{folio}/attachments", responses=problem_responses(*_CHANGE, AttachmentUnknown))
def attach(folio: FolioPath, body: AttachBody, principal: WriterDep, services: ServicesDep) -> ComplaintOut:
    """Add completed attachments to a complaint."""
    return _answer(services, principal, services.complaints.attach(principal, folio, body))


def _answer(services: Services, principal: Principal, document: ComplaintDocument) -> ComplaintOut:
    return views.full(document, principal, services.clock())
