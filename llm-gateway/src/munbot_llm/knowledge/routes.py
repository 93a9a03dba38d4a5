"""HTTP entrance to the documents."""

from typing import Annotated, Any
from urllib.parse import quote

from anyio.to_thread import run_sync
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from munbot_common.audit import AuditAway
from munbot_common.problems import Forbidden, Unauthorized, Unprocessable, problem_responses

from munbot_llm.dependencies import Services, ServicesDep
from munbot_llm.documents.problems import (
    DocumentCorrupt,
    DocumentEmpty,
    DocumentKindUnsupported,
    DocumentTooLarge,
    DocumentWithoutText,
)
from munbot_llm.knowledge.access import Cursor, DocumentId, Limit, ReaderDep, WriterDep, is_indexed
from munbot_llm.knowledge.models import Kind, KnowledgeDocument
from munbot_llm.knowledge.paging import page_of
from munbot_llm.knowledge.problems import (
    CursorInvalid,
    DocumentIdInvalid,
    DocumentNotFound,
    FilenameInvalid,
    KnowledgeLoading,
    TenantInvalid,
    TitleInvalid,
    UploadInvalid,
)
from munbot_llm.knowledge.schemas import (
    DocumentOut,
    DocumentPage,
    DocumentVersions,
    FoundPassage,
    FoundPassages,
    PassageOut,
    PassagePage,
    ReindexStarted,
    SearchBody,
    UploadedDocument,
    VersionOut,
)
from munbot_llm.knowledge.uploads import open_upload
from munbot_llm.knowledge.writer import Written

router = APIRouter(prefix="/v1/knowledge", tags=["knowledge"])

_UPLOAD_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary", "description": "TXT, Markdown, HTML, PDF, DOCX"},
                        "title": {"type": "string", "maxLength": 200, "description": "Else the document's own"},
                        "document_id": {
                            "type": "string",
                            "maxLength": 100,
                            "description": "To give a document a new file name; else it follows from the name",
                        },
                    },
                }
            }
        },
    }
}

_Responses = dict[int | str, dict[str, Any]]
_UNCHANGED: _Responses = {200: {"model": UploadedDocument, "description": "These very bytes are there already"}}
_FILE: _Responses = {200: {"content": {"application/octet-stream": {}}, "description": "The file"}}


@router.post(
    "/documents",
    status_code=201,
    openapi_extra=_UPLOAD_BODY,
    responses=_UNCHANGED
    | problem_responses(
        Unauthorized,
        Forbidden,
        UploadInvalid,
        FilenameInvalid,
        TitleInvalid,
        DocumentIdInvalid,
        TenantInvalid,
        DocumentTooLarge,
        DocumentCorrupt,
        DocumentEmpty,
        DocumentWithoutText,
        DocumentKindUnsupported,
        AuditAway,
    ),
)
async def upload(request: Request, response: Response, principal: WriterDep, services: ServicesDep) -> UploadedDocument:
    """Upload a document: a new one, or under a known file name its next version. Answers come from it at once."""
    limit = services.settings.upload_max_bytes
    async with open_upload(request, max_bytes=limit, fields=frozenset({"title", "document_id"})) as body:
        title = body.title()

        def work() -> tuple[Written, Any]:
            return services.knowledge.upload(
                principal,
                filename=body.filename,
                data=body.read(),
                title=title,
                chosen_id=body.fields.get("document_id"),
            )

        written, future = await run_sync(work, limiter=services.imports)
    if not written.created:
        response.status_code = 200
    shown = DocumentOut.of(written.document, indexed=await is_indexed(future))
    return UploadedDocument(**shown.model_dump(), created=written.created)


@router.get("/documents", responses=problem_responses(Unauthorized, Forbidden, CursorInvalid, Unprocessable))
def list_documents(
    principal: ReaderDep,
    services: ServicesDep,
    kind: Annotated[Kind | None, Query()] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> DocumentPage:
    """Return the documents and pairs that answers come from, newest first."""
    rows = services.knowledge.documents(principal.tenant, kind)
    page, following = page_of(rows, cursor=cursor, limit=limit)
    return DocumentPage(items=[_shown(services, row) for row in page], total=len(rows), next_cursor=following)


@router.get("/documents/{document_id}", responses=problem_responses(Unauthorized, Forbidden, DocumentNotFound))
def read_document(document_id: DocumentId, principal: ReaderDep, services: ServicesDep) -> DocumentOut:
    """Return one document."""
    return _shown(services, services.knowledge.get(principal.tenant, document_id))


@router.get("/documents/{document_id}/passages", responses=problem_responses(Unauthorized, Forbidden, DocumentNotFound))
def read_passages(
    document_id: DocumentId,
    principal: ReaderDep,
    services: ServicesDep,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    limit: Limit = 50,
) -> PassagePage:
    """Return how a document was cut: the pieces that can be found and quoted."""
    passages = services.knowledge.get(principal.tenant, document_id).passages
    items = [PassageOut.of(passage) for passage in passages[offset : offset + limit]]
    return PassagePage(items=items, total=len(passages))


@router.get("/documents/{document_id}/versions", responses=problem_responses(Unauthorized, Forbidden, DocumentNotFound))
def read_versions(document_id: DocumentId, principal: ReaderDep, services: ServicesDep) -> DocumentVersions:
    """Return a document's last fifty versions, newest first."""
    rows = services.knowledge.versions(principal.tenant, document_id)
    return DocumentVersions(items=[VersionOut.of(row) for row in rows])


@router.get(
    "/documents/{document_id}/source",
    response_class=StreamingResponse,
    responses=_FILE | problem_responses(Unauthorized, Forbidden, DocumentNotFound, Unprocessable),
)
def download(
    document_id: DocumentId,
    principal: ReaderDep,
    services: ServicesDep,
    version: Annotated[int | None, Query(ge=1, le=2**31)] = None,
) -> StreamingResponse:
    """Return the file as it was uploaded, to be saved and never shown as a page; an earlier version by its number."""
    document, pieces = services.knowledge.source(principal.tenant, document_id, version)
    return StreamingResponse(pieces, media_type="application/octet-stream", headers=_as_attachment(document))


@router.delete(
    "/documents/{document_id}",
    status_code=204,
    responses=problem_responses(Unauthorized, Forbidden, DocumentNotFound, AuditAway),
)
async def delete(document_id: DocumentId, principal: WriterDep, services: ServicesDep) -> None:
    """Remove a document or pair from what is answered from; its versions stay in the object store."""
    await is_indexed(await run_sync(services.knowledge.delete, principal, document_id))


@router.post(
    "/reindex", status_code=202, responses=problem_responses(Unauthorized, Forbidden, TenantInvalid, AuditAway)
)
def reindex(principal: WriterDep, services: ServicesDep) -> ReindexStarted:
    """Cut all documents anew from their files, in the background; answers go on meanwhile."""
    return ReindexStarted(documents=services.knowledge.start_reindex(principal))


@router.post("/search", responses=problem_responses(Unauthorized, Forbidden, Unprocessable, KnowledgeLoading))
def search(body: SearchBody, principal: ReaderDep, services: ServicesDep) -> FoundPassages:
    """Return the passages that an answer would be looked for in."""
    index = services.book.get(principal.tenant)
    if index is None:
        return FoundPassages(items=[])
    hits = index.search(body.question, body.k)
    return FoundPassages(
        items=[
            FoundPassage(
                **PassageOut.of(hit.passage).model_dump(),
                document_id=hit.passage.document_id,
                document=hit.passage.document,
                score=float(hit.score),
            )
            for hit in hits
        ]
    )


def _shown(services: Services, document: KnowledgeDocument) -> DocumentOut:
    return DocumentOut.of(document, indexed=services.book.is_indexed(document.tenant, document.id))


def _as_attachment(document: KnowledgeDocument) -> dict[str, str]:
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._- ") else "_" for c in document.filename)
    exact = quote(document.filename, safe="")
    return {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{exact}",
        "Content-Length": str(document.size),
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
    }
