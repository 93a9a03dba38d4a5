"""The filters that lists, the export and the numbers share, as the address has them."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

from fastapi import Depends, Query
from munbot_common.auth import PrincipalDep, Role
from munbot_common.chile import normalise_rut
from munbot_common.problems import Unprocessable
from munbot_contracts.complaints import ComplaintStatus

from munbot_complaints.complaints.queries import ComplaintFilter, Sort
from munbot_complaints.deadlines.rules import BusinessCalendar
from munbot_complaints.dependencies import ServicesDep
from munbot_complaints.fields import Code
from munbot_complaints.folios import Folio, FolioInvalid

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2200, 1, 1)
Day = Annotated[date | None, Query(ge=FIRST_DAY, le=LAST_DAY)]


def midnight(calendar: BusinessCalendar, day: date) -> datetime:
    """Return when a day begins in the office's zone, in UTC."""
    return datetime.combine(day, time(), tzinfo=calendar.zone).astimezone(UTC)


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
        created_from=None if from_ is None else midnight(calendar, from_),
        created_to=None if to is None else midnight(calendar, to + timedelta(days=1)),
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


def sort_of(sort: Sort | None, wanted: ComplaintFilter) -> Sort:
    """Return the order of a list: what is late comes by its date, everything else newest first."""
    return sort or ("due" if wanted.overdue else "created")
