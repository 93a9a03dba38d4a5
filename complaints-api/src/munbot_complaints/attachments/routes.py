"""HTTP entrance to attachments."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from munbot_common.auth import Principal, Role, require_roles
from munbot_common.problems import Forbidden, NotFound, Unauthorized, problem_responses

from munbot_complaints.attachments.repository import AttachmentDocument
from munbot_complaints.attachments.schemas import (
    AttachmentBody,
    AttachmentOut,
    DownloadTicket,
    StoredFile,
    UploadTicket,
)
from munbot_complaints.attachments.service import AttachmentMissing, AttachmentSize, AttachmentType
from munbot_complaints.dependencies import ServicesDep

router = APIRouter(prefix="/v1/attachments", tags=["attachments"])
WriterDep = Annotated[Principal, Depends(require_roles(Role.ADMIN, Role.AGENT, Role.SERVICE, Role.VISITOR))]
OwnServiceDep = Annotated[Principal, Depends(require_roles(Role.SERVICE))]
ReaderDep = Annotated[Principal, Depends(require_roles(Role.ADMIN, Role.AGENT, Role.VIEWER, Role.SERVICE))]


@router.post("", status_code=201, responses=problem_responses(Unauthorized, Forbidden, AttachmentType, AttachmentSize))
def announce(body: AttachmentBody, principal: WriterDep, services: ServicesDep) -> UploadTicket:
    """Ask for a place to upload a file to."""
    attachment, url, expires_at = services.attachments.announce(principal, body)
    return UploadTicket(
        id=UUID(attachment["_id"]),
        upload_url=url,
        headers={"Content-Type": attachment["content_type"]},
        expires_at=expires_at,
    )


@router.post(
    "/stored",
    status_code=201,
    responses=problem_responses(Unauthorized, Forbidden, AttachmentMissing, AttachmentType, AttachmentSize),
)
def adopt(body: StoredFile, principal: OwnServiceDep, services: ServicesDep) -> AttachmentOut:
    """Take over a file that a channel stored; the same key gives the same attachment."""
    return AttachmentOut.model_validate(_fields(services.attachments.adopt(principal, body)))


@router.post(
    "/{attachment_id}/complete",
    responses=problem_responses(Unauthorized, Forbidden, NotFound, AttachmentMissing, AttachmentType, AttachmentSize),
)
def complete(attachment_id: UUID, principal: WriterDep, services: ServicesDep) -> AttachmentOut:
    """Say that the upload is done: its size, type and first bytes are checked, and a file that lies is removed."""
    return AttachmentOut.model_validate(_fields(services.attachments.complete(principal, attachment_id)))


@router.get("/{attachment_id}", responses=problem_responses(Unauthorized, Forbidden, NotFound))
def download(attachment_id: UUID, principal: ReaderDep, services: ServicesDep) -> DownloadTicket:
    """Return a short-lived URL to fetch the file, for officials."""
    attachment, url, expires_at = services.attachments.download(principal, attachment_id)
    return DownloadTicket.model_validate(_fields(attachment) | {"url": url, "expires_at": expires_at})


def _fields(attachment: AttachmentDocument) -> dict[str, object]:
    return {
        "id": attachment["_id"],
        "filename": attachment["filename"],
        "content_type": attachment["content_type"],
        "size": attachment["size"],
        "complaint_id": attachment["complaint_id"],
    }
