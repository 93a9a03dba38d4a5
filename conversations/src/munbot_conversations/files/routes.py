"""POST /v1/conversations/{id}/files and GET /v1/messages/{id}/media."""

from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse
from munbot_common.database import SessionDep
from munbot_common.idempotency import Answer, IdempotencyKey, IdempotencyKeyReused, answer_once
from munbot_common.problems import Forbidden, Unauthorized, Unprocessable, problem_responses
from munbot_contracts.messages import Media

from munbot_conversations.auth.service import AgentInactive
from munbot_conversations.base import IDEMPOTENCY
from munbot_conversations.conversations.service import ConversationClosed, ConversationNotFound
from munbot_conversations.dependencies import ClockDep, OwnDep, WriterDep
from munbot_conversations.files import service
from munbot_conversations.files.rules import is_shown
from munbot_conversations.files.store import FileMissing, FileStore, FileStoreAway
from munbot_conversations.files.uploads import CAPTION_LIMIT, FileTooLarge, Upload, UploadInvalid, read_upload
from munbot_conversations.messages.schemas import MessageItem
from munbot_conversations.messages.service import MessageNotFound

router = APIRouter(prefix="/v1", tags=["files"])

_UPLOAD_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary", "description": "at most 10 MB"},
                        "text": {"type": "string", "maxLength": CAPTION_LIMIT, "description": "what is said of it"},
                    },
                }
            }
        },
    }
}
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/octet-stream": {}}, "description": "The file, under its own content type"}
}


def _store(request: Request) -> FileStore:
    store: FileStore = request.app.state.files
    return store


StoreDep = Annotated[FileStore, Depends(_store)]
UploadDep = Annotated[Upload, Depends(read_upload)]


@router.post(
    "/conversations/{conversation_id}/files",
    status_code=201,
    response_model=MessageItem,
    openapi_extra=_UPLOAD_BODY,
    responses=problem_responses(
        Unauthorized,
        Forbidden,
        AgentInactive,
        ConversationNotFound,
        ConversationClosed,
        FileTooLarge,
        service.FileTypeRefused,
        UploadInvalid,
        IdempotencyKeyReused,
        FileStoreAway,
    ),
)
def send_file(
    conversation_id: UUID,
    principal: WriterDep,
    upload: UploadDep,
    *,
    session: SessionDep,
    clock: ClockDep,
    store: StoreDep,
    response: Response,
    key: IdempotencyKey = None,
) -> object:
    """Send a file to the citizen as the calling agent: a photo, a PDF, an office document or a sound."""

    def send() -> Answer:
        message = service.send(session, principal, conversation_id, upload, store=store, key=key, clock=clock)
        return Answer(201, MessageItem.model_validate(message).model_dump(mode="json"))

    answer = answer_once(
        session,
        IDEMPOTENCY,
        principal=principal,
        operation=f"file:{conversation_id}",
        key=key,
        request=service.fingerprint(upload),
        respond=send,
    )
    response.status_code = answer.status
    return answer.body


@router.get(
    "/messages/{message_id}/media",
    response_class=StreamingResponse,
    responses=_FILE
    | problem_responses(Unauthorized, Forbidden, MessageNotFound, FileMissing, FileStoreAway, Unprocessable),
)
def get_media(message_id: UUID, principal: OwnDep, session: SessionDep, store: StoreDep) -> StreamingResponse:
    """Return the file of a message: to officials of the tenant, and to the citizen in whose conversation it is."""
    found = service.fetch(session, principal, message_id, store=store)
    return StreamingResponse(
        found.opened.chunks(),
        media_type=found.media.content_type,
        headers=_headers(found.media) | ({"Content-Length": str(found.opened.size)} if found.opened.size else {}),
    )


def _headers(media: Media) -> dict[str, str]:
    """Return headers with which nothing in a file can act in the name of our pages."""
    way = "inline" if is_shown(media.content_type) else "attachment"
    name = media.filename or media.key.rsplit("/", 1)[-1]
    return {
        "Content-Disposition": f"{way}; filename*=UTF-8''{quote(name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, max-age=86400, immutable",
    }
