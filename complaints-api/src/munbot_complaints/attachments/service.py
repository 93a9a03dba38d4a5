"""What can be done with attachments."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from munbot_common.auth import Principal, Role
from munbot_common.clock import Clock
from munbot_common.ids import uuid7
from munbot_common.problems import Conflict, NotFound, Unprocessable

from munbot_complaints.attachments.repository import AttachmentDocument, AttachmentRepository
from munbot_complaints.attachments.rules import KINDS, MAGIC_BYTES, looks_like, safe_filename
from munbot_complaints.attachments.schemas import AttachmentBody, StoredFile
from munbot_complaints.attachments.storage import ObjectStore
from munbot_complaints.complaints.models import AttachmentLink

_ADOPTED = UUID("5d0f7a52-2a9e-5d0c-9c7b-0b6c1c3f7d21")


class AttachmentType(Unprocessable):
    """Not a kind of file that is taken, or not what it says it is."""

    code = "attachment_type"
    title = "Ese tipo de archivo no se acepta. Puede enviar fotos (JPG, PNG, WebP, HEIC), PDF o video MP4"


class AttachmentSize(Unprocessable):
    """Empty, or larger than allowed."""

    code = "attachment_size"
    title = "El archivo está vacío o es demasiado grande"


class AttachmentMissing(Conflict):
    """Announced, but not uploaded yet."""

    code = "attachment_missing"
    title = "El archivo todavía no se ha subido"


class AttachmentUnknown(Unprocessable):
    """No such attachment, not complete, or already with another complaint."""

    code = "attachment_unknown"
    title = "Uno de los archivos no existe, no terminó de subir o ya pertenece a otro reclamo"


class AttachmentService:
    """Announces uploads, checks what arrived and gives files to complaints.

    A signed URL can be used again until it expires, so the bytes that were checked are a copy under a key that nobody
    outside can write to; what was uploaded is removed.
    """

    def __init__(
        self, repository: AttachmentRepository, store: ObjectStore, *, clock: Clock, max_bytes: int, url_minutes: int
    ) -> None:
        self._repository = repository
        self._store = store
        self._clock = clock
        self._max_bytes = max_bytes
        self._lifetime = timedelta(minutes=url_minutes)

    def announce(self, principal: Principal, body: AttachmentBody) -> tuple[AttachmentDocument, str, datetime]:
        """Note a file that is to come; returns it, its upload URL and when that expires.

        Raises:
            AttachmentType: not in the list of types.
            AttachmentSize: empty or too large.
        """
        content_type = body.content_type.split(";")[0].strip().lower()
        if content_type not in KINDS:
            raise AttachmentType
        self._check_size(body.size)
        now = self._clock()
        attachment = AttachmentDocument(
            _id=str(uuid7()),
            tenant_id=principal.tenant,
            conversation_id=str(principal.conversation_id) if principal.conversation_id else None,
            created_by=principal.subject,
            filename=safe_filename(body.filename, content_type),
            content_type=content_type,
            size=body.size,
            state="announced",
            created_at=now,
            complaint_id=None,
        )
        self._repository.insert(attachment)
        return attachment, self._store.upload_url(_incoming(attachment), self._lifetime), now + self._lifetime

    def adopt(self, principal: Principal, body: StoredFile) -> AttachmentDocument:
        """Copy a file that a channel stored, once, and check it like an upload.

        Raises:
            AttachmentMissing: there is no such file.
            AttachmentSize, AttachmentType: not taken with a complaint.
        """
        attachment_id = str(uuid5(_ADOPTED, f"{principal.tenant}\0{body.key}"))
        known = self._repository.get(attachment_id)
        if known is not None and known["state"] != "announced":
            return known
        stored = self._store.stat(body.key)
        if stored is None:
            raise AttachmentMissing
        content_type = stored.content_type.split(";")[0].strip().lower()
        if content_type not in KINDS:
            raise AttachmentType
        self._check_size(stored.size)
        attachment = AttachmentDocument(
            _id=attachment_id,
            tenant_id=principal.tenant,
            conversation_id=None,
            created_by=principal.subject,
            filename=safe_filename(body.filename, content_type),
            content_type=content_type,
            size=stored.size,
            state="announced",
            created_at=self._clock(),
            complaint_id=None,
        )
        self._repository.insert_once(attachment)
        kept = object_key(attachment)
        self._store.copy(body.key, kept)
        try:
            self._check_kept(attachment, kept)
        except (AttachmentSize, AttachmentType):
            self._store.remove(kept)
            self._repository.delete(attachment_id)
            raise
        self._repository.set_ready(attachment_id, stored.size)
        attachment["state"] = "ready"
        return attachment

    def complete(self, principal: Principal, attachment_id: UUID) -> AttachmentDocument:
        """Check what was uploaded, and keep it; asking again is fine.

        Raises:
            NotFound: not the caller's.
            AttachmentMissing: nothing was uploaded.
            AttachmentSize, AttachmentType: removed, as it is not what was announced.
        """
        attachment = self._own(principal, attachment_id)
        if attachment["state"] != "announced":
            return attachment
        incoming, kept = _incoming(attachment), object_key(attachment)
        arrived = self._store.stat(incoming)
        if arrived is None:
            raise AttachmentMissing
        try:
            self._check_size(arrived.size)
            self._store.copy(incoming, kept)
            size = self._check_kept(attachment, kept)
        except (AttachmentSize, AttachmentType):
            self._store.remove(kept)
            self._store.remove(incoming)
            self._repository.delete(attachment["_id"])
            raise
        self._repository.set_ready(attachment["_id"], size)
        self._store.remove(incoming)
        attachment["state"], attachment["size"] = "ready", size
        return attachment

    def download(self, principal: Principal, attachment_id: UUID) -> tuple[AttachmentDocument, str, datetime]:
        """Return an attachment, a URL to fetch it and when that expires.

        Raises:
            NotFound: not in the caller's tenant, or not there yet.
        """
        attachment = self._own(principal, attachment_id)
        if attachment["state"] == "announced":
            raise NotFound
        url = self._store.download_url(
            object_key(attachment),
            self._lifetime,
            filename=attachment["filename"],
            content_type=attachment["content_type"],
        )
        return attachment, url, self._clock() + self._lifetime

    def claim(self, principal: Principal, ids: Sequence[UUID], complaint_id: str) -> list[AttachmentLink]:
        """Give attachments to a complaint and return them as it shows them.

        Raises:
            AttachmentUnknown: one is not the caller's, not complete or already taken; then none is given.
        """
        links: list[AttachmentLink] = []
        for attachment_id in dict.fromkeys(ids):
            found = self._repository.get(str(attachment_id))
            mine = found is not None and self._is_own(principal, found)
            if found is None or not mine or not self._repository.claim(found["_id"], complaint_id):
                self.release([link["id"] for link in links], complaint_id)
                raise AttachmentUnknown
            links.append(
                AttachmentLink(
                    id=found["_id"],
                    filename=found["filename"],
                    content_type=found["content_type"],
                    size=found["size"],
                )
            )
        return links

    def confirm(self, links: Sequence[AttachmentLink]) -> None:
        """Note that the complaint which took these is written."""
        if links:
            self._repository.set_linked(link["id"] for link in links)

    def release(self, ids: Sequence[str], complaint_id: str) -> None:
        """Take attachments back from a complaint that did not come to be."""
        self._repository.release(ids, complaint_id)

    def discard(self, attachment: AttachmentDocument) -> None:
        """Remove an attachment with its bytes."""
        self._store.remove(_incoming(attachment))
        self._store.remove(object_key(attachment))
        self._repository.delete(attachment["_id"])

    def erase(self, attachment: AttachmentDocument) -> int:
        """Remove an attachment with all versions of its bytes; returns how many versions there were."""
        versions = sum(self._store.remove_for_good(key) for key in (_incoming(attachment), object_key(attachment)))
        self._repository.delete(attachment["_id"])
        return versions

    def _check_size(self, size: int) -> None:
        if not 0 < size <= self._max_bytes:
            raise AttachmentSize(f"El archivo debe tener contenido y pesar a lo más {self._max_bytes // 1024**2} MB")

    def _check_kept(self, attachment: AttachmentDocument, key: str) -> int:
        kept = self._store.stat(key)
        if kept is None:
            raise AttachmentMissing
        self._check_size(kept.size)
        if kept.size != attachment["size"]:
            raise AttachmentSize("El archivo subido no tiene el tamaño anunciado")
        declared = kept.content_type.split(";")[0].strip().lower()
        if declared != attachment["content_type"]:
            raise AttachmentType("El archivo subido no es del tipo anunciado")
        if not looks_like(attachment["content_type"], self._store.head(key, MAGIC_BYTES)):
            raise AttachmentType("El contenido del archivo no corresponde a su tipo")
        return kept.size

    def _own(self, principal: Principal, attachment_id: UUID) -> AttachmentDocument:
        found = self._repository.get(str(attachment_id))
        if found is None or not self._is_own(principal, found):
            raise NotFound
        return found

    @staticmethod
    def _is_own(principal: Principal, attachment: AttachmentDocument) -> bool:
        if attachment["tenant_id"] != principal.tenant:
            return False
        return principal.role is not Role.VISITOR or attachment["conversation_id"] == str(principal.conversation_id)


def _incoming(attachment: AttachmentDocument) -> str:
    return f"{attachment['tenant_id']}/incoming/{attachment['_id']}"


def object_key(attachment: AttachmentDocument) -> str:
    """Return where an attachment's checked bytes are."""
    return f"{attachment['tenant_id']}/kept/{attachment['_id']}/{attachment['filename']}"
