"""HTTP entrance: the citizen's secret link. No token of ours: the code and the link's own secret open it."""

import hmac
from typing import Annotated

from fastapi import APIRouter, Query, Response
from munbot_common.auth import Principal, Role
from munbot_common.idempotency import IdempotencyKey, IdempotencyKeyReused
from munbot_common.problems import Unprocessable, problem_responses
from sqlalchemy.orm import Session

from munbot_scheduler.appointments import repository, service
from munbot_scheduler.appointments.models import Appointment
from munbot_scheduler.appointments.reading_routes import ics_response
from munbot_scheduler.appointments.rules import Status, normalise_code
from munbot_scheduler.appointments.schemas import (
    AppointmentOut,
    DayOut,
    ReasonIn,
    RescheduleIn,
    SlotOut,
    SlotsOut,
)
from munbot_scheduler.appointments.views import appointment_view
from munbot_scheduler.audit.service import BY_LINK
from munbot_scheduler.availability.service import slot_json
from munbot_scheduler.dependencies import Environment, EnvironmentDep
from munbot_scheduler.idempotent import once
from munbot_scheduler.problems import (
    SLOT_PROBLEMS,
    AppointmentOver,
    LinkInvalid,
    RangeInvalid,
    SlotTaken,
    TransitionIllegal,
)
from munbot_scheduler.schemas import Day

router = APIRouter(prefix="/v1/public/appointments/{code}", tags=["public"])

Token = Annotated[str, Query(max_length=64, description="The secret of the link")]

LINK = problem_responses(LinkInvalid, Unprocessable)
CHANGE = problem_responses(LinkInvalid, Unprocessable, IdempotencyKeyReused, TransitionIllegal, AppointmentOver)
MOVE = problem_responses(
    LinkInvalid, Unprocessable, IdempotencyKeyReused, TransitionIllegal, AppointmentOver, SlotTaken, *SLOT_PROBLEMS
)


def opened(session: Session, code: str, token: str, *, lock: bool = False) -> Appointment:
    """Return the appointment that the link opens.

    Raises:
        LinkInvalid: unknown code or wrong secret, without saying which.
    """
    try:
        found = repository.by_code(session, normalise_code(code), lock=lock)
    except ValueError:
        found = None
    secret = "" if found is None else found.token
    if not hmac.compare_digest(secret.encode(), token.encode()) or found is None:
        raise LinkInvalid
    return found


def holder_of(appointment: Appointment) -> Principal:
    """Return the caller that the link makes: a citizen, for this appointment only."""
    return Principal(subject=f"{BY_LINK}{appointment.code}", role=Role.VISITOR, tenant=appointment.tenant_id)


def view(appointment: Appointment, environment: Environment) -> AppointmentOut:
    """Return the appointment as its citizen sees it."""
    return appointment_view(
        appointment,
        appointment.procedure,
        appointment.office,
        principal=holder_of(appointment),
        public_url=environment.settings.public_url,
    )


@router.get("", responses=LINK)
def get_public(environment: EnvironmentDep, code: str, token: Token) -> AppointmentOut:
    """Return the appointment, personal data masked."""
    return view(opened(environment.session, code, token), environment)


@router.get(
    "/ics",
    response_class=Response,
    responses={200: {"content": {"text/calendar": {"schema": {"type": "string"}}}}, **LINK},
)
def get_public_ics(environment: EnvironmentDep, code: str, token: Token) -> Response:
    """Return the appointment as an iCalendar file."""
    return ics_response(opened(environment.session, code, token), environment.settings.public_url)


@router.get("/slots", responses=problem_responses(LinkInvalid, Unprocessable, RangeInvalid))
def get_public_slots(
    *,
    environment: EnvironmentDep,
    code: str,
    token: Token,
    first: Annotated[Day | None, Query(alias="from")] = None,
    last: Annotated[Day | None, Query(alias="to")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> SlotsOut:
    """List the times to which the appointment could be moved, at its office."""
    found = opened(environment.session, code, token)
    availability = environment.availability(found.tenant_id)
    target = availability.target(str(found.procedure_id), str(found.office_id))
    slots, days = availability.search(target, first, last, limit=limit)
    return SlotsOut(
        items=[SlotOut.model_validate(slot_json(slot, target.procedure)) for slot in slots],
        days=[DayOut(date=day.day, status=day.status, detail=day.detail) for day in days],
    )


@router.post("/confirm", response_model=AppointmentOut, responses=CHANGE)
def confirm_public(environment: EnvironmentDep, code: str, token: Token, key: IdempotencyKey = None) -> Response:
    """Say that one will come."""
    found = opened(environment.session, code, token, lock=True)
    return _change(environment, found, Status.CONFIRMED, ReasonIn(), key)


@router.post("/cancel", response_model=AppointmentOut, responses=CHANGE)
def cancel_public(
    environment: EnvironmentDep, code: str, token: Token, wish: ReasonIn | None = None, key: IdempotencyKey = None
) -> Response:
    """Cancel one's appointment."""
    found = opened(environment.session, code, token, lock=True)
    return _change(environment, found, Status.CANCELLED, wish or ReasonIn(), key)


def _change(environment: Environment, found: Appointment, target: Status, wish: ReasonIn, key: str | None) -> Response:
    principal = holder_of(found)
    context = environment.context(principal)

    def respond() -> AppointmentOut:
        return view(service.transition(context, found, target, wish.reason), environment)

    return once(context, principal, f"{target}:{found.id}", key=key, request=wish, respond=respond)


@router.post("/reschedule", response_model=AppointmentOut, responses=MOVE)
def reschedule_public(
    environment: EnvironmentDep, code: str, token: Token, wish: RescheduleIn, key: IdempotencyKey = None
) -> Response:
    """Move one's appointment."""
    found = opened(environment.session, code, token, lock=True)
    principal = holder_of(found)
    context = environment.context(principal)
    wish = wish.model_copy(update={"hold_id": None})

    def respond() -> AppointmentOut:
        moved, procedure, office = service.reschedule(context, found, wish)
        return appointment_view(
            moved, procedure, office, principal=principal, public_url=environment.settings.public_url
        )

    return once(context, principal, f"reschedule:{found.id}", key=key, request=wish, respond=respond)
