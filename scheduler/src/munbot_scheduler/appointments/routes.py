"""HTTP entrance: holding, booking and changing, for officials, services and citizens in a chat."""

from uuid import UUID

from fastapi import APIRouter, Response
from munbot_common.auth import Principal, Role
from munbot_common.idempotency import IdempotencyKey, IdempotencyKeyReused
from munbot_common.problems import Forbidden, NotFound, Unauthorized, Unprocessable, problem_responses

from munbot_scheduler.appointments import holds, repository, service
from munbot_scheduler.appointments.models import Appointment
from munbot_scheduler.appointments.rules import Status
from munbot_scheduler.appointments.schemas import (
    AppointmentOut,
    BookIn,
    EditIn,
    HoldIn,
    HoldOut,
    ReasonIn,
    RescheduleIn,
)
from munbot_scheduler.appointments.views import appointment_view, check_own, own_view
from munbot_scheduler.context import Context
from munbot_scheduler.dependencies import (
    ACCESS_ITEM,
    BookerDep,
    ContextDep,
    IfMatch,
    OperatorDep,
    check_version,
    visitor_conversation,
)
from munbot_scheduler.idempotent import once
from munbot_scheduler.problems import (
    SLOT_PROBLEMS,
    AppointmentExists,
    AppointmentOver,
    SlotTaken,
    Stale,
    TooEarly,
    TransitionIllegal,
)

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


@router.patch("/appointments/{appointment_id}", responses=CHANGE_PROBLEMS)
def edit(
    *, context: ContextDep, principal: OperatorDep, appointment_id: UUID, wish: EditIn, if_match: IfMatch = None
) -> AppointmentOut:
    """Correct the person's name or contact, or the notes."""
    found = _locked(context, principal, appointment_id, if_match)
    return own_view(service.edit(context, found, wish), principal, context.settings.public_url)


def _locked(context: Context, principal: Principal, appointment_id: UUID, if_match: str | None) -> Appointment:
    found = check_own(repository.by_id(context.session, context.tenant, appointment_id, lock=True), principal)
    if if_match is not None:
        current = own_view(found, principal, context.settings.public_url).model_dump(mode="json")
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
        return own_view(changed, principal, context.settings.public_url)

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
