"""/api/operations/v1: for administrators."""

from datetime import UTC, datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.concurrency import run_in_threadpool
from munbot_common.audit import AuditAway, AuditBook
from munbot_common.auth import Principal, Role, require_roles
from munbot_common.logs import get_logger
from munbot_common.problems import Forbidden, Unauthorized, Unprocessable, problem_responses

from munbot_web.operations.audit import note as note_deed
from munbot_web.operations.letters import DeadLetters, QueueUnknown
from munbot_web.operations.queues import BrokerAway, QueueBook
from munbot_web.operations.schemas import (
    DeadLetterList,
    LettersAnswer,
    LettersRequest,
    QueueList,
    QueueName,
    ServiceList,
)
from munbot_web.operations.services import ServiceHealths

log = get_logger("operations")

router = APIRouter(prefix="/api/operations/v1", tags=["operations"])
AdminDep = Annotated[Principal, Depends(require_roles(Role.ADMIN))]


def _services(request: Request) -> ServiceHealths:
    services: ServiceHealths = request.app.state.service_healths
    return services


def _queues(request: Request) -> QueueBook:
    queues: QueueBook = request.app.state.queue_book
    return queues


def _letters(request: Request) -> DeadLetters:
    letters: DeadLetters = request.app.state.dead_letters
    return letters


def _audit(request: Request) -> AuditBook:
    book: AuditBook = request.app.state.audit_book
    return book


ServicesDep = Annotated[ServiceHealths, Depends(_services)]
QueuesDep = Annotated[QueueBook, Depends(_queues)]
LettersDep = Annotated[DeadLetters, Depends(_letters)]
AuditDep = Annotated[AuditBook, Depends(_audit)]


@router.get("/services", responses=problem_responses(Unauthorized, Forbidden))
async def services(_admin: AdminDep, healths: ServicesDep) -> ServiceList:
    """Ask every service how it is."""
    return ServiceList(items=await healths.all(), checked_at=datetime.now(UTC))


@router.get("/queues", responses=problem_responses(Unauthorized, Forbidden, BrokerAway))
async def queues(_admin: AdminDep, book: QueuesDep) -> QueueList:
    """Count what waits in the queues."""
    return QueueList(items=await book.all())


@router.get(
    "/dead-letters", responses=problem_responses(Unauthorized, Forbidden, Unprocessable, QueueUnknown, BrokerAway)
)
async def dead_letters(
    admin: AdminDep,
    book: QueuesDep,
    letters: LettersDep,
    queue: Annotated[QueueName | None, Query(description="only those of this consumer")] = None,
) -> DeadLetterList:
    """List the tenant's dead letters."""
    names = [queue] if queue else [state.name for state in await book.all() if state.dead is not None]
    items, complete = await run_in_threadpool(letters.of, admin.tenant, names)
    return DeadLetterList(items=items, complete=complete)


_CHANGES = problem_responses(Unauthorized, Forbidden, Unprocessable, QueueUnknown, BrokerAway, AuditAway)


@router.post("/dead-letters/replay", responses=_CHANGES)
def replay(wish: LettersRequest, admin: AdminDep, letters: LettersDep, audit: AuditDep) -> LettersAnswer:
    """Give dead letters to their consumer once more. Repeating it is harmless: what is done is `missing` then."""
    note = partial(note_deed, audit, admin, "replay", wish.queue)
    return _told("dead_letters_replayed", admin, wish, letters.replay(admin.tenant, wish.queue, wish.ids, note))


@router.post("/dead-letters/discard", responses=_CHANGES)
def discard(wish: LettersRequest, admin: AdminDep, letters: LettersDep, audit: AuditDep) -> LettersAnswer:
    """Take dead letters away for good."""
    note = partial(note_deed, audit, admin, "discard", wish.queue)
    return _told("dead_letters_discarded", admin, wish, letters.discard(admin.tenant, wish.queue, wish.ids, note))


def _told(what: str, admin: Principal, wish: LettersRequest, answer: LettersAnswer) -> LettersAnswer:
    log.info(what, agent=admin.subject, tenant=admin.tenant, queue=wish.queue, letters=answer.done)
    return answer
