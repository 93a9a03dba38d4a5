"""HTTP entrance: holds and appointments, for officials, services and citizens in a chat."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse
from munbot_common.auth import Principal, Role
from munbot_common.database import SessionDep
from munbot_common.idempotency import Answer, IdempotencyKey, IdempotencyKeyReused, answer_once
from munbot_common.problems import Forbidden, NotFound, Unauthorized, Unprocessable, problem_responses
from pydantic import BaseModel

from munbot_scheduler.appointments import holds, repository, service
from munbot_scheduler.appointments.ics import ics_file
from munbot_scheduler.appointments.models import Appointment
from munbot_scheduler.appointments.rules import Status, normalise_code
from munbot_scheduler.appointments.schemas import (
    AppointmentOut,
    BookIn,
    EditIn,
    HoldIn,
    HoldOut,
    ReasonIn,
    RescheduleIn,
    RutText,
)
from munbot_scheduler.appointments.service import Context
from munbot_scheduler.appointments.views import appointment_view
from munbot_scheduler.audit import repository as audit
from munbot_scheduler.audit.schemas import AuditOut
from munbot_scheduler.base import IDEMPOTENCY_KEYS
from munbot_scheduler.catalogue import repository as catalogue
from munbot_scheduler.catalogue.policy import policy_of
from munbot_scheduler.dependencies import (
    ACCESS,
    ACCESS_ITEM,
    AnyReaderDep,
    BookerDep,
    ContextDep,
    IfMatch,
    NowDep,
    OperatorDep,
    ReaderDep,
    SettingsDep,
    check_version,
    visitor_conversation,
)
from munbot_scheduler.problems import (
    SLOT_PROBLEMS,
    AppointmentExists,
    AppointmentOver,
    SlotTaken,
    Stale,
    TooEarly,
    TransitionIllegal,
)
from munbot_scheduler.schemas import Day, Items, Moment, Page

router = APIRouter(prefix="/v1", tags=["appointments"])

BOOKING_PROBLEMS = problem_responses(
    Unauthorized, Forbidden, Unprocessable, IdempotencyKeyReused, SlotTaken, AppointmentExists, *SLOT_PROBLEMS
)
CHANGE_PROBLEMS = problem_responses(
    Unauthorized, Forbidden, NotFound, Unprocessable, IdempotencyKeyReused, TransitionIllegal, AppointmentOver,
    TooEarly, Stale,
)  # fmt: skip
MOVE_PROBLEMS = problem_responses(
    Unauthorized, Forbidden, NotFound, Unprocessable, IdempotencyKeyReused, TransitionIllegal, AppointmentOver,
    SlotTaken, Stale, *SLOT_PROBLEMS,
)  # fmt: skip


def once(
    context: Context,
    principal: Principal,
    operation: str,
    *,
    key: str | None,
    request: BaseModel,
    respond: Callable[[], BaseModel],
    status: int = 200,
) -> Response:
    """Answer a POST once per idempotency key."""
    answer = answer_once(
        context.session,
        IDEMPOTENCY_KEYS,
        principal=principal,
        operation=operation,
        key=key,
        request=request,
        respond=lambda: Answer(status, respond().model_dump(mode="json")),
    )
    headers = {"Idempotent-Replayed": "true"} if answer.replayed else None
    return JSONResponse(answer.body, status_code=answer.status, headers=headers)


@router.post("/holds", status_code=201, response_model=HoldOut, responses=BOOKING_PROBLEMS)
def create_hold(*, context: ContextDep, principal: BookerDep, wish: HoldIn, key: IdempotencyKey = None) -> Response:
    """Set a slot aside for some minutes."""
    if (conversation := visitor_conversation(principal)) is not None:
        wish = wish.model_copy(update={"holder": conversation})
    return once(
        context,
        principal,
        "hold",
        key=key,
        request=wish,
        respond=lambda: holds.hold_slot(context, wish),
        status=201,
    )


@router.delete("/holds/{hold_id}", status_code=204, responses=ACCESS_ITEM)
def delete_hold(*, context: ContextDep, principal: BookerDep, hold_id: UUID) -> None:
    """Give a hold back."""
    holds.release_hold(context, hold_id, holder=visitor_conversation(principal))


@router.post("/appointments", status_code=201, response_model=AppointmentOut, responses=BOOKING_PROBLEMS)
def book(*, context: ContextDep, principal: BookerDep, wish: BookIn, key: IdempotencyKey = None) -> Response:
    """Book an appointment. A visitor books within their own conversation."""
    if (conversation := visitor_conversation(principal)) is not None:
        wish = wish.model_copy(update={"conversation_id": UUID(conversation), "hold_id": None})

    def respond() -> AppointmentOut:
        appointment, procedure, office = service.book(context, wish)
        return appointment_view(
            appointment, procedure, office, principal=principal, public_url=context.settings.public_url
        )

    return once(context, principal, "book", key=key, request=wish, respond=respond, status=201)


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
    return Page(items=[_view(row, principal, settings.public_url) for row in rows], next_cursor=following)


def _moment(value: date | datetime | None, zone: ZoneInfo, *, end: bool) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return value
    return datetime.combine(value + timedelta(days=1 if end else 0), time(), zone)


def _view(appointment: Appointment, principal: Principal, public_url: str) -> AppointmentOut:
    return appointment_view(
        appointment, appointment.procedure, appointment.office, principal=principal, public_url=public_url
    )


def _found(appointment: Appointment | None, principal: Principal) -> Appointment:
    if appointment is None:
        raise NotFound
    principal.check_conversation(appointment.conversation_id)
    return appointment


@router.get("/appointments/by-code/{code}", responses=ACCESS_ITEM)
def get_by_code(*, session: SessionDep, principal: AnyReaderDep, settings: SettingsDep, code: str) -> AppointmentOut:
    """Return the appointment with a code, however it is written."""
    try:
        code = normalise_code(code)
    except ValueError as error:
        raise NotFound from error
    found = _found(repository.by_code(session, code, tenant=principal.tenant), principal)
    return _view(found, principal, settings.public_url)


@router.get("/appointments/{appointment_id}", responses=ACCESS_ITEM)
def get_appointment(
    *, session: SessionDep, principal: AnyReaderDep, settings: SettingsDep, appointment_id: UUID, response: Response
) -> AppointmentOut:
    """Return one appointment; its version is the ETag."""
    found = _found(repository.by_id(session, principal.tenant, appointment_id), principal)
    response.headers["ETag"] = f'"{found.version}"'
    return _view(found, principal, settings.public_url)


@router.get("/appointments/{appointment_id}/history", responses=ACCESS_ITEM)
def get_history(*, session: SessionDep, principal: ReaderDep, appointment_id: UUID) -> Items[AuditOut]:
    """Return what happened to an appointment, in order."""
    _found(repository.by_id(session, principal.tenant, appointment_id), principal)
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
    found = _found(repository.by_id(session, principal.tenant, appointment_id), principal)
    return ics_response(found, settings.public_url)


def ics_response(appointment: Appointment, public_url: str) -> Response:
    """Return the appointment's file as a download."""
    file = ics_file(appointment, public_url)
    return Response(
        file.content,
        media_type=f"text/calendar; charset=utf-8; method={file.method}",
        headers={"Content-Disposition": f'attachment; filename="hora-{appointment.code}.ics"'},
    )


@router.patch("/appointments/{appointment_id}", responses=CHANGE_PROBLEMS)
def edit(
    *, context: ContextDep, principal: OperatorDep, appointment_id: UUID, wish: EditIn, if_match: IfMatch = None
) -> AppointmentOut:
    """Correct the person's name or contact, or the notes."""
    found = _locked(context, principal, appointment_id, if_match)
    return _view(service.edit(context, found, wish), principal, context.settings.public_url)


def _locked(context: Context, principal: Principal, appointment_id: UUID, if_match: str | None) -> Appointment:
    found = _found(repository.by_id(context.session, context.tenant, appointment_id, lock=True), principal)
    if if_match is not None:
        current = _view(found, principal, context.settings.public_url).model_dump(mode="json")
        check_version(if_match, found.version, current)
    return found


def _change(
    context: Context,
    principal: Principal,
    appointment_id: UUID,
    *,
    wish: ReasonIn | None,
    target: Status,
    if_match: str | None,
    key: str | None,
) -> Response:
    wish = wish or ReasonIn()

    def respond() -> AppointmentOut:
        found = _locked(context, principal, appointment_id, if_match)
        changed = service.transition(context, found, target, wish.reason)
        return _view(changed, principal, context.settings.public_url)

    return once(context, principal, f"{target}:{appointment_id}", key=key, request=wish, respond=respond)


@router.post("/appointments/{appointment_id}/confirm", response_model=AppointmentOut, responses=CHANGE_PROBLEMS)
def confirm(
    *,
    context: ContextDep,
    principal: BookerDep,
    appointment_id: UUID,
    wish: ReasonIn | None = None,
    if_match: IfMatch = None,
    key: IdempotencyKey = None,
) -> Response:
    """Note that the citizen will come."""
    return _change(context, principal, appointment_id, wish=wish, target=Status.CONFIRMED, if_match=if_match, key=key)


@router.post("/appointments/{appointment_id}/cancel", response_model=AppointmentOut, responses=CHANGE_PROBLEMS)
def cancel(
    *,
    context: ContextDep,
    principal: BookerDep,
    appointment_id: UUID,
    wish: ReasonIn | None = None,
    if_match: IfMatch = None,
    key: IdempotencyKey = None,
) -> Response:
    """Cancel; the time is free again at once."""
    return _change(context, principal, appointment_id, wish=wish, target=Status.CANCELLED, if_match=if_match, key=key)


@router.post("/appointments/{appointment_id}/attended", response_model=AppointmentOut, responses=CHANGE_PROBLEMS)
def attended(
    *,
    context: ContextDep,
    principal: OperatorDep,
    appointment_id: UUID,
    wish: ReasonIn | None = None,
    if_match: IfMatch = None,
    key: IdempotencyKey = None,
) -> Response:
    """Note that the citizen came."""
    return _change(context, principal, appointment_id, wish=wish, target=Status.ATTENDED, if_match=if_match, key=key)


@router.post("/appointments/{appointment_id}/no-show", response_model=AppointmentOut, responses=CHANGE_PROBLEMS)
def no_show(
    *,
    context: ContextDep,
    principal: OperatorDep,
    appointment_id: UUID,
    wish: ReasonIn | None = None,
    if_match: IfMatch = None,
    key: IdempotencyKey = None,
) -> Response:
    """Note that the citizen did not come."""
    return _change(context, principal, appointment_id, wish=wish, target=Status.NO_SHOW, if_match=if_match, key=key)


@router.post("/appointments/{appointment_id}/reschedule", response_model=AppointmentOut, responses=MOVE_PROBLEMS)
def reschedule(
    *,
    context: ContextDep,
    principal: BookerDep,
    appointment_id: UUID,
    wish: RescheduleIn,
    if_match: IfMatch = None,
    key: IdempotencyKey = None,
) -> Response:
    """Move an appointment; the old time is free again at once."""
    if principal.role is Role.VISITOR:
        wish = wish.model_copy(update={"hold_id": None})  # theirs is found by their conversation

    def respond() -> AppointmentOut:
        found = _locked(context, principal, appointment_id, if_match)
        moved, procedure, office = service.reschedule(context, found, wish)
        return appointment_view(moved, procedure, office, principal=principal, public_url=context.settings.public_url)

    return once(context, principal, f"reschedule:{appointment_id}", key=key, request=wish, respond=respond)
