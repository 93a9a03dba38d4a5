"""Sending a file to a citizen, and fetching the file of a message."""

import hashlib
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID, uuid5

from munbot_common.auth import Principal
from munbot_common.clock import Clock
from munbot_common.ids import uuid7
from munbot_common.problems import Problem
from munbot_contracts.messages import Media
from pydantic import ValidationError
from sqlalchemy.orm import Session

from munbot_conversations.auth.service import current_agent
from munbot_conversations.conversations import service as conversations
from munbot_conversations.files.rules import filename_for, kind_of
from munbot_conversations.files.store import FileMissing, FileStore, Opened
from munbot_conversations.files.uploads import Upload
from munbot_conversations.messages import repository
from munbot_conversations.messages.models import Message
from munbot_conversations.messages.sending import agent_message
from munbot_conversations.messages.service import MessageNotFound

_KEYED = UUID("8d0f3a5e-6f0b-5c47-9a53-2f4f0f6d1b70")


class FileTypeRefused(Problem):
    """Not a kind of file that is sent to citizens, whatever its name says."""

    status: ClassVar[int] = 415
    code: ClassVar[str] = "file_type"
    title: ClassVar[str] = (
        "Ese tipo de archivo no se puede enviar. Puede enviar fotos (JPG, PNG), PDF, documentos de Office sin macros "
        "(DOCX, XLSX, PPTX) o audio (OGG, MP3)"
    )


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file with what it is called and what it is."""

    media: Media
    opened: Opened


def fingerprint(upload: Upload) -> dict[str, str]:
    """Return what makes two uploads the same."""
    return {"sha256": hashlib.sha256(upload.data).hexdigest(), "filename": upload.filename, "text": upload.text}


def send(
    session: Session,
    principal: Principal,
    conversation_id: UUID,
    upload: Upload,
    *,
    store: FileStore,
    key: str | None,
    clock: Clock,
) -> Message:
    """Store a file and send it as the calling agent, who takes the word as with any message.

    The file is stored first: without its message nobody finds it. With an idempotency key a second try writes to the
    same place.

    Raises:
        ConversationNotFound, ConversationClosed
        FileTypeRefused: its content is not of a kind that is sent.
        FileStoreAway: it cannot be stored now.
    """
    current_agent(session, principal)
    conversation = conversations.readable(session, principal, conversation_id)
    if conversation.status == "closed":
        raise conversations.ConversationClosed
    kind = kind_of(upload.data)
    if kind is None:
        raise FileTypeRefused
    keyed = f"{principal.tenant}\0{principal.subject}\0{conversation_id}\0{key}"
    message_id = uuid5(_KEYED, keyed) if key else uuid7()
    media = Media(
        bucket=store.bucket,
        key=f"conversations/{principal.tenant}/{message_id}.{kind.extension}",
        content_type=kind.content_type,
        size=len(upload.data),
        filename=filename_for(upload.filename, kind),
    )
    store.put(media.key, upload.data, media.content_type)
    return agent_message(
        session,
        principal,
        conversation_id,
        text=upload.text or _words_for(conversation.channel, media),
        clock=clock,
        kind=kind.message_kind,
        media=media,
        message_id=message_id,
    )


def _words_for(channel: str, media: Media) -> str:
    """Return what a file without words says: on the web, where bubbles are words, its name."""
    return (media.filename or "") if channel == "web" else ""


def fetch(session: Session, principal: Principal, message_id: UUID, *, store: FileStore) -> Fetched:
    """Begin to read the file of a message that the caller may read.

    Raises:
        MessageNotFound: there is no such message for them.
        FileMissing: it has none, or not yet.
        FileStoreAway: it cannot be had now.
    """
    message = repository.get(session, principal.tenant, message_id)
    if message is None:
        raise MessageNotFound
    try:
        conversations.readable(session, principal, message.conversation_id)
    except conversations.ConversationNotFound as error:
        raise MessageNotFound from error
    try:
        media = Media.model_validate(message.media)
    except ValidationError as error:
        raise FileMissing from error
    if media.bucket != store.bucket:
        raise FileMissing
    return Fetched(media, store.open(media.key))
