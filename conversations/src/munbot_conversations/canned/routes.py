"""/v1/canned-answers."""

from uuid import UUID

from fastapi import APIRouter, Response
from munbot_common.database import SessionDep
from munbot_common.idempotency import Answer, IdempotencyKey, IdempotencyKeyReused, answer_once
from munbot_common.problems import Forbidden, Unauthorized, Unprocessable, problem_responses

from munbot_conversations.base import IDEMPOTENCY
from munbot_conversations.canned import service
from munbot_conversations.canned.schemas import CannedChange, CannedCreate, CannedItem, CannedList
from munbot_conversations.dependencies import SECURED, ClockDep, StaffDep, WriterDep

router = APIRouter(prefix="/v1/canned-answers", tags=["canned answers"])


@router.get("", responses=SECURED)
def list_canned(principal: StaffDep, session: SessionDep) -> CannedList:
    """List the answers that officials keep ready."""
    return CannedList(items=[CannedItem.model_validate(canned) for canned in service.all_of(session, principal)])


@router.post(
    "",
    status_code=201,
    response_model=CannedItem,
    responses=problem_responses(
        Unauthorized, Forbidden, service.TitleTaken, service.TooManyCanned, IdempotencyKeyReused, Unprocessable
    ),
)
def create_canned(
    wish: CannedCreate,
    principal: WriterDep,
    session: SessionDep,
    clock: ClockDep,
    *,
    response: Response,
    key: IdempotencyKey = None,
) -> object:
    """Keep an answer ready."""

    def create() -> Answer:
        canned = service.create(session, principal, wish, clock)
        return Answer(201, CannedItem.model_validate(canned).model_dump(mode="json"))

    answer = answer_once(
        session, IDEMPOTENCY, principal=principal, operation="canned", key=key, request=wish, respond=create
    )
    response.status_code = answer.status
    return answer.body


@router.patch(
    "/{canned_id}",
    responses=problem_responses(Unauthorized, Forbidden, service.CannedNotFound, service.TitleTaken, Unprocessable),
)
def change_canned(
    canned_id: UUID, wish: CannedChange, principal: WriterDep, session: SessionDep, clock: ClockDep
) -> CannedItem:
    """Change one of them."""
    return CannedItem.model_validate(service.change(session, principal, canned_id, wish, clock))


@router.delete(
    "/{canned_id}",
    status_code=204,
    responses=problem_responses(Unauthorized, Forbidden, service.CannedNotFound, Unprocessable),
)
def remove_canned(canned_id: UUID, principal: WriterDep, session: SessionDep, clock: ClockDep) -> None:
    """Throw one of them away."""
    service.remove(session, principal, canned_id, clock)
