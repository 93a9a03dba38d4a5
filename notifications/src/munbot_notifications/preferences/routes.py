"""/v1/preferences and /v1/opt-outs: what people want, noted by officials and services."""

from uuid import UUID

from fastapi import APIRouter, Response
from munbot_common.database import SessionDep

from munbot_notifications.dependencies import SECURED, SECURED_OBJECT, ClockDep, ReaderDep, WriterDep
from munbot_notifications.preferences import repository, service
from munbot_notifications.preferences.models import OptOut
from munbot_notifications.preferences.schemas import ContactBody, OptOutBody, OptOutOut, PreferenceBody, PreferenceOut
from munbot_notifications.schemas import Limit, Page, masked
from munbot_notifications.sending.rules import Contact

router = APIRouter(prefix="/v1", tags=["preferences"])


@router.put("/preferences", responses=SECURED)
def put_preference(body: PreferenceBody, session: SessionDep, principal: WriterDep, clock: ClockDep) -> PreferenceOut:
    """Note in which order a person wants to be reached."""
    service.put(session, principal, _contact(body.contact).key, list(body.channels), clock())
    return PreferenceOut(channels=body.channels)


@router.post("/preferences/find", responses=SECURED)
def find_preference(body: ContactBody, session: SessionDep, principal: ReaderDep) -> PreferenceOut:
    """Return in which order a person wants to be reached. A POST, so that no address stands in a log of addresses."""
    channels = repository.wanted(session, principal.tenant, _contact(body).names())
    return PreferenceOut.model_validate({"channels": channels})


@router.post("/preferences/forget", status_code=204, responses=SECURED)
def forget_preference(body: ContactBody, session: SessionDep, principal: WriterDep, clock: ClockDep) -> Response:
    """Use the order of each kind of notification again."""
    service.forget(session, principal, _contact(body).key, clock())
    return Response(status_code=204)


@router.get("/opt-outs", responses=SECURED)
def list_opt_outs(
    *, session: SessionDep, principal: ReaderDep, cursor: UUID | None = None, limit: Limit = 50
) -> Page[OptOutOut]:
    """List the addresses that are not written to, the newest first."""
    rows = repository.opt_outs(session, principal.tenant, before=cursor, limit=limit + 1)
    items = [_shown(row) for row in rows[:limit]]
    return Page(items=items, next_cursor=str(items[-1].id) if len(rows) > limit else None)


@router.post("/opt-outs", status_code=204, responses=SECURED)
def add_opt_out(body: OptOutBody, session: SessionDep, principal: WriterDep, clock: ClockDep) -> Response:
    """Do not write to an address any more."""
    service.refuse(session, principal, body.channel, body.address, clock())
    return Response(status_code=204)


@router.delete("/opt-outs/{opt_out_id}", status_code=204, responses=SECURED_OBJECT)
def remove_opt_out(opt_out_id: UUID, session: SessionDep, principal: WriterDep, clock: ClockDep) -> Response:
    """Write to an address again."""
    service.allow(session, principal, opt_out_id, clock())
    return Response(status_code=204)


def _contact(body: ContactBody) -> Contact:
    return Contact.of(rut=body.rut, email=body.email, phone=body.phone)


def _shown(row: OptOut) -> OptOutOut:
    fields = {"id": row.id, "channel": row.channel, "reason": row.reason, "created_at": row.created_at}
    return OptOutOut.model_validate({**fields, "address": masked(row.address)})
