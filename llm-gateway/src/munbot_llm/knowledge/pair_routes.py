"""HTTP entrance to the question/answer pairs."""

from typing import Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Response
from munbot_common.audit import AuditAway
from munbot_common.problems import Forbidden, Unauthorized, Unprocessable, problem_responses

from munbot_llm.dependencies import Services, ServicesDep
from munbot_llm.knowledge.access import Cursor, Limit, PairId, ReaderDep, WriterDep, is_indexed
from munbot_llm.knowledge.models import KnowledgeDocument
from munbot_llm.knowledge.paging import page_of
from munbot_llm.knowledge.problems import CursorInvalid, DocumentNotFound, PairNotFound, TenantInvalid
from munbot_llm.knowledge.rules import pair_document_id
from munbot_llm.knowledge.schemas import PairBody, PairOut, PairPage, WrittenPair

router = APIRouter(prefix="/v1/knowledge/pairs", tags=["knowledge"])

_CREATED: dict[int | str, dict[str, Any]] = {201: {"model": WrittenPair, "description": "It is new"}}


@router.get("", responses=problem_responses(Unauthorized, Forbidden, CursorInvalid, Unprocessable))
def list_pairs(principal: ReaderDep, services: ServicesDep, cursor: Cursor = None, limit: Limit = 50) -> PairPage:
    """Return the pairs, newest first."""
    rows = services.knowledge.documents(principal.tenant, "pair")
    page, following = page_of(rows, cursor=cursor, limit=limit)
    return PairPage(items=[_shown(services, row) for row in page], total=len(rows), next_cursor=following)


@router.get("/{pair_id}", responses=problem_responses(Unauthorized, Forbidden, PairNotFound, Unprocessable))
def read_pair(pair_id: PairId, principal: ReaderDep, services: ServicesDep) -> PairOut:
    """Return one pair."""
    try:
        return _shown(services, services.knowledge.get(principal.tenant, pair_document_id(pair_id)))
    except DocumentNotFound as error:
        raise PairNotFound from error


@router.put(
    "/{pair_id}",
    responses=_CREATED | problem_responses(Unauthorized, Forbidden, TenantInvalid, Unprocessable, AuditAway),
)
async def write_pair(
    pair_id: PairId, body: PairBody, response: Response, principal: WriterDep, services: ServicesDep
) -> WrittenPair:
    """Write a question and its answer under an id of the caller's choice; the same again changes nothing."""
    written, future = await run_sync(services.knowledge.put_pair, principal, pair_id, body)
    if written.created and written.document.version == 1:
        response.status_code = 201
    shown = PairOut.of(written.document, indexed=await is_indexed(future))
    return WrittenPair(**shown.model_dump(), created=written.created)


@router.delete(
    "/{pair_id}",
    status_code=204,
    responses=problem_responses(Unauthorized, Forbidden, PairNotFound, Unprocessable, AuditAway),
)
async def delete_pair(pair_id: PairId, principal: WriterDep, services: ServicesDep) -> None:
    """Remove a pair from what is answered from; its versions stay in the object store."""
    try:
        future = await run_sync(services.knowledge.delete, principal, pair_document_id(pair_id))
    except DocumentNotFound as error:
        raise PairNotFound from error
    await is_indexed(future)


def _shown(services: Services, document: KnowledgeDocument) -> PairOut:
    return PairOut.of(document, indexed=services.book.is_indexed(document.tenant, document.id))
