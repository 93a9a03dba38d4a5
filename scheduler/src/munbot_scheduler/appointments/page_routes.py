"""HTTP entrance: the citizen's page. Opening it changes nothing (mail programs open links); only its forms do."""

from collections.abc import Callable
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from munbot_common.problems import Problem

from munbot_scheduler.appointments import service
from munbot_scheduler.appointments.models import Appointment
from munbot_scheduler.appointments.page import SLOTS_SHOWN, appointment_page, message_page
from munbot_scheduler.appointments.public_routes import Token, holder_of, opened
from munbot_scheduler.appointments.rules import Status
from munbot_scheduler.appointments.schemas import RescheduleIn
from munbot_scheduler.context import Context
from munbot_scheduler.dependencies import Environment, EnvironmentDep
from munbot_scheduler.problems import LinkInvalid
from munbot_scheduler.schemas import Moment
from munbot_scheduler.texts import say

router = APIRouter(prefix="/v1/public/appointments/{code}/page", tags=["public"], include_in_schema=False)

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",  # the address holds the secret
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'",
}
DONE = {"confirmed": "page.done_confirmed", "cancelled": "page.done_cancelled", "moved": "page.done_moved"}


def _html(content: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(content, status_code=status, headers=HEADERS)


def _invalid(problem: LinkInvalid) -> HTMLResponse:
    return _html(message_page(say("page.invalid_title"), problem.detail), problem.status)


@router.get("")
def show_page(
    environment: EnvironmentDep,
    code: str,
    token: Token = "",
    show: Literal["slots", "cancel"] | None = None,
    done: Annotated[str, Query(max_length=20)] = "",
) -> HTMLResponse:
    """Show the appointment, the times to move to, or the question before cancelling."""
    try:
        found = opened(environment.session, code, token)
    except LinkInvalid as problem:
        return _invalid(problem)
    slots = None
    if show == "slots":
        availability = environment.availability(found.tenant_id)
        target = availability.target(str(found.procedure_id), str(found.office_id))
        coming = availability.nearest(target, max(found.starts_at, environment.now), limit=SLOTS_SHOWN + 1)
        slots = sorted((s for s in coming if s.start != found.starts_at), key=lambda s: s.start)[:SLOTS_SHOWN]
    notice = say(DONE[done]) if done in DONE else ""
    return _html(appointment_page(found, token, notice=notice, slots=slots, asked=show == "cancel"))


def _do(
    environment: Environment, code: str, token: str, done: str, change: Callable[[Context, Appointment], object]
) -> Response:
    try:
        found = opened(environment.session, code, token, lock=True)
        with environment.session.begin_nested():  # a refused change leaves nothing behind
            change(environment.context(holder_of(found)), found)
    except LinkInvalid as problem:
        return _invalid(problem)
    except Problem as problem:
        found = opened(environment.session, code, token)
        return _html(appointment_page(found, token, notice=problem.detail), problem.status)
    return RedirectResponse(f"../page?{urlencode({'token': token, 'done': done})}", 303, headers=HEADERS)


@router.post("/confirm")
def confirm_on_page(environment: EnvironmentDep, code: str, token: Token = "") -> Response:
    """Say that one will come."""
    return _do(
        environment, code, token, "confirmed", lambda c, found: service.transition(c, found, Status.CONFIRMED, None)
    )


@router.post("/cancel")
def cancel_on_page(environment: EnvironmentDep, code: str, token: Token = "") -> Response:
    """Cancel one's appointment."""
    return _do(
        environment, code, token, "cancelled", lambda c, found: service.transition(c, found, Status.CANCELLED, None)
    )


@router.post("/reschedule")
def move_on_page(environment: EnvironmentDep, code: str, start: Moment, token: Token = "") -> Response:
    """Move one's appointment."""
    return _do(
        environment,
        code,
        token,
        "moved",
        lambda c, found: service.reschedule(c, found, RescheduleIn(start=start)),
    )
