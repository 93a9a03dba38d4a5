"""Shapes of the attachment endpoints."""

from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from munbot_complaints.fields import RequiredLine


class AttachmentBody(BaseModel):
    """A file that is about to be uploaded."""

    model_config = ConfigDict(extra="forbid")

    filename: RequiredLine = Field(examples=["poste.jpg"])
    content_type: str = Field(max_length=100, examples=["image/jpeg"])
    size: int = Field(ge=0, le=2**40, description="Bytes")


class StoredFile(BaseModel):
    """A file that a channel has stored already, such as a photo that came by WhatsApp."""

    model_config = ConfigDict(extra="forbid")

    key: str = Field(
        max_length=250,
        pattern=r"^whatsapp/[0-9A-Za-z_-]+/[0-9A-Za-z_-]+\.[0-9A-Za-z]+$",
        description="Where it lies in the bucket",
        examples=["whatsapp/valle-claro/019358f0-2a6b-7b51-8f5e-0c8f6a1f2d11.jpg"],
    )
    filename: RequiredLine = Field(examples=["poste.jpg"])


class UploadTicket(BaseModel):
    """Where and how to upload: PUT the bytes with these headers, then call `complete`."""

    id: UUID
    upload_url: str
    method: str = "PUT"
    headers: dict[str, str]
    expires_at: AwareDatetime


class AttachmentOut(BaseModel):
    """A file that arrived and is what it says."""

    id: UUID
    filename: str
    content_type: str
    size: int
    complaint_id: UUID | None = None


class DownloadTicket(AttachmentOut):
    """Where to fetch the file, for a short time."""

    url: str
    expires_at: AwareDatetime
