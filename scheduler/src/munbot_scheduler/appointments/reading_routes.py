"""HTTP entrance: reading appointments, for officials, services and citizens in a chat."""

from datetime import date, datetime, time, timedelta
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Response
from munbot_common.auth import Role
from munbot_common.database import SessionDep
from munbot_common.problems import Forbidden, NotFound

from munbot_scheduler.appointments import repository
from munbot_scheduler.appointments.ics import ics_file
from munbot_scheduler.appointments.models import Appointment
from munbot_scheduler.appointments.rules import Status, normalise_code
from munbot_scheduler.appointments.schemas import AppointmentOut, RutText
from munbot_scheduler.appointments.views import check_own, own_view
from munbot_scheduler.audit import repository as audit
from munbot_scheduler.audit.schemas import AuditOut
from munbot_scheduler.catalogue import repository as catalogue
from munbot_scheduler.catalogue.policy import policy_of
from munbot_scheduler.dependencies import (
    ACCESS,
    ACCESS_ITEM,
    AnyReaderDep,
    NowDep,
    ReaderDep,
    SettingsDep,
    visitor_conversation,
)
from munbot_scheduler.schemas import Day, Items, Moment, Page

router = APIRouter(prefix="/v1", tags=["appointments"])


@router.get("/appointments", responses=ACCESS)
def list_appointments(
    *,
    session: SessionDep,
    principal: AnyReaderDep,
    settings: SettingsDep,
    now: NowDep,
    start: Annotated[Day | Moment | None, Query(alias="from", description="Day or moment, included")] = None,
    end: Annotated[Day | Moment | None, Query(alias="to", description="Day, included, or moment, excluded")] = None,
    office_id: UUID | None = None,
    procedure_id: UUID | None = None,
    status: Annotated[list[Status] | None, Query()] = None,
    rut: Annotated[RutText | None, Query()] = None,
    conversation_id: UUID | None = None,
    live: Annotated[bool, Query(description="Only booked or confirmed ones that are not over")] = False,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Page[AppointmentOut]:
    """List appointments by time. A visitor sees those of their own conversation."""
    if (own := visitor_conversation(principal)) is not None:
        conversation_id, rut = UUID(own), None
    zone = ZoneInfo(policy_of(settings, catalogue.policy(session, principal.tenant)).timezone)
    rows, following = repository.page(
        session,
        principal.tenant,
        repository.Filters(
            start=_moment(start, zone, end=False),
            end=_moment(end, zone, end=True),
            office_id=office_id,
            procedure_id=procedure_id,
            statuses=[item.value for item in status or []],
            rut=rut,
            conversation_id=conversation_id,
            live_at=now if live else None,
        ),
        cursor=cursor,
        limit=limit,
    )
    return Page(items=[own_view(row, principal, settings.public_url) for row in rows], next_cursor=following)


def _moment(value: date | datetime | None, zone: ZoneInfo, *, end: bool) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return value
    return datetime.combine(value + timedelta(days=1 if end else 0), time(), zone)


@router.get("/appointments/by-code/{code}", responses=ACCESS_ITEM)
def get_by_code(*, session: SessionDep, principal: AnyReaderDep, settings: SettingsDep, code: str) -> AppointmentOut:
    """Return the appointment with a code, however it is written."""
    try:
        code = normalise_code(code)
    except ValueError as error:
        raise NotFound from error
    found = check_own(repository.by_code(session, code, tenant=principal.tenant), principal)
    return own_view(found, principal, settings.public_url)


@router.get("/appointments/{appointment_id}", responses=ACCESS_ITEM)
def get_appointment(
    *, session: SessionDep, principal: AnyReaderDep, settings: SettingsDep, appointment_id: UUID, response: Response
) -> AppointmentOut:
    """Return one appointment; its version is the ETag."""
    found = check_own(repository.by_id(session, principal.tenant, appointment_id), principal)
    response.headers["ETag"] = f'"{found.version}"'
    return own_view(found, principal, settings.public_url)


@router.get("/appointments/{appointment_id}/history", responses=ACCESS_ITEM)
def get_history(*, session: SessionDep, principal: ReaderDep, appointment_id: UUID) -> Items[AuditOut]:
    """Return what happened to an appointment, in order."""
    check_own(repository.by_id(session, principal.tenant, appointment_id), principal)
    rows = audit.entries(session, principal.tenant, "appointment", appointment_id)
    return Items(items=[AuditOut.model_validate(row) for row in rows])


@router.get(
    "/appointments/{appointment_id}/ics",
    response_class=Response,
    responses={200: {"content": {"text/calendar": {"schema": {"type": "string"}}}}, **ACCESS_ITEM},
)
def get_ics(*, session: SessionDep, principal: AnyReaderDep, settings: SettingsDep, appointment_id: UUID) -> Response:
    """Return the appointment as an iCalendar file; a cancelled one cancels it in the calendar."""
    if principal.role is Role.VIEWER:
        raise Forbidden  # the file carries the secret link
    found = check_own(repository.by_id(session, principal.tenant, appointment_id), principal)
    return ics_response(found, settings.public_url)


def ics_response(appointment: Appointment, public_url: str) -> Response:
    """Return the appointment's file as a download."""
    file = ics_file(appointment, public_url)
    return Response(
        file.content,
        media_type=f"text/calendar; charset=utf-8; method={file.method}",
        headers={"Content-Disposition": f'attachment; filename="hora-{appointment.code}.ics"'},
    )
