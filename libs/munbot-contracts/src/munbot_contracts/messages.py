"""Messages between channels and the conversation hub."""

from enum import StrEnum
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field

from munbot_contracts.envelope import Contract
from munbot_contracts.privacy import MARK, Linkable, Open, Personal

MESSAGE_RECEIVED = "munbot.message.received.v1"
MESSAGE_OUTBOUND = "munbot.message.outbound.v1"
MESSAGE_HANDLED = "munbot.message.handled.v1"
MESSAGE_STATUS = "munbot.message.status.v1"
MESSAGE_MEDIA = "munbot.message.media.v1"
MESSAGE_INITIATED = "munbot.message.initiated.v1"
MESSAGE_STORED = "munbot.message.stored.v1"
MESSAGE_FEEDBACK = "munbot.message.feedback.v1"

Channel = Literal["web", "whatsapp"]


class MessageKind(StrEnum):
    """What a message carries besides, or instead of, text."""

    TEXT = "text"
    BUTTON = "button"
    IMAGE = "image"
    DOCUMENT = "document"
    AUDIO = "audio"
    LOCATION = "location"
    REACTION = "reaction"
    UNSUPPORTED = "unsupported"


class Button(Contract):
    """A quick reply: what the citizen sees and what the dialogue receives when it is pressed."""

    title: Personal
    payload: Personal


class Sender(Contract):
    """Who wrote, as the channel knows them."""

    address: Linkable = Field(description="unique within channel and account: a web session id, a WhatsApp number")
    name: Personal | None = None
    phone: Personal | None = Field(default=None, description="E.164")


class Location(Contract):
    """A point that the citizen sent, WGS 84 degrees."""

    latitude: float = Field(ge=-90, le=90, json_schema_extra={MARK: True})
    longitude: float = Field(ge=-180, le=180, json_schema_extra={MARK: True})
    name: Personal | None = None
    address: Personal | None = None


class Media(Contract):
    """A stored file, never a provider's link."""

    bucket: Open
    key: Personal
    content_type: Open
    size: int = Field(ge=0, description="bytes")
    filename: Personal | None = None


class AnswerSource(Contract):
    """Where the office's own words stand that an answer was made from."""

    document_id: Open
    document: Open = Field(description="the document's title, as people know it")
    article: Open = Field(default="", description="the nearest heading; empty without one")
    passage: int | str | None = Field(default=None, description="place or id of the passage in its document")


class KnowledgeAnswer(Contract):
    """What a bubble owes to the office's documents: it can be rated, and its sources be looked at."""

    id: UUID
    mode: Literal["extractive", "generated"]
    question: Personal = Field(description="as it was asked of the documents")
    sources: list[AnswerSource] = Field(default_factory=list)


class MessageReceived(Contract):
    """A citizen's message from a channel; `message_id` is the same on every retry."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "message_id": "019358f0-2a6b-7b51-8f5e-0c8f6a1f2d11",
                    "channel": "web",
                    "account": "widget",
                    "provider_message_id": "7f1c7c9e-8a55-4f0b-8a8f-f1f3f4a0c001",
                    "conversation_id": "019358ef-0000-7000-8000-000000000001",
                    "sender": {"address": "019358ef-0000-7000-8000-0000000000aa"},
                    "kind": "text",
                    "text": "hola, necesito hora para renovar mi licencia",
                    "sent_at": "2026-11-23T09:15:00-03:00",
                }
            ]
        }
    )

    message_id: UUID
    channel: Channel
    account: Open
    provider_message_id: Personal  # WhatsApp's own hold the number
    conversation_id: UUID | None = None
    sender: Sender
    kind: MessageKind = MessageKind.TEXT
    text: Personal = ""
    payload: Personal | None = Field(default=None, description="payload of the pressed button, if one was pressed")
    media: Media | None = None
    media_pending: bool = Field(
        default=False,
        description="the file is still being fetched; message.media.v1 follows and the turn waits",
    )
    location: Location | None = None
    opt: Literal["out", "in"] | None = Field(
        default=None, description="the citizen refuses, or wants again, messages that the office begins"
    )
    sent_at: AwareDatetime


class MessageMedia(Contract):
    """What became of the file of a message that was received with `media_pending`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "message_id": "019358f0-2a6b-7b51-8f5e-0c8f6a1f2d11",
                    "channel": "whatsapp",
                    "account": "valle-claro",
                    "media": {
                        "bucket": "attachments",
                        "key": "whatsapp/valle-claro/019358f0-2a6b-7b51-8f5e-0c8f6a1f2d11.ogg",
                        "content_type": "audio/ogg",
                        "size": 9123,
                    },
                    "transcript": "necesito hora para renovar mi licencia",
                    "transcript_confidence": 0.83,
                }
            ]
        }
    )

    message_id: UUID
    channel: Channel
    account: Open
    media: Media | None = Field(default=None, description="where the file is stored now; absent when it was not taken")
    transcript: Personal | None = Field(default=None, description="of a voice note, as it was understood")
    transcript_confidence: float | None = Field(default=None, ge=0, le=1)
    problem: Literal["too_large", "too_long", "type_unsupported", "unavailable", "not_understood"] | None = None


class MessageOutbound(Contract):
    """One bubble to be shown to the citizen. Bubbles of a turn carry their place in it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "message_id": "019358f0-2b00-7b51-8f5e-0c8f6a1f2d12",
                    "conversation_id": "019358ef-0000-7000-8000-000000000001",
                    "channel": "web",
                    "account": "widget",
                    "recipient": "019358ef-0000-7000-8000-0000000000aa",
                    "seq": 2,
                    "sender_type": "bot",
                    "text": "¿Para qué día la necesita?",
                    "buttons": [{"title": "Mañana 10:15", "payload": '/inform{"slot_start":"2026-11-24T10:15"}'}],
                    "in_reply_to": "019358f0-2a6b-7b51-8f5e-0c8f6a1f2d11",
                    "turn_index": 0,
                    "turn_count": 1,
                    "created_at": "2026-11-23T09:15:00.180-03:00",
                }
            ]
        }
    )

    message_id: UUID
    conversation_id: UUID
    channel: Channel
    account: Open
    recipient: Linkable
    seq: int = Field(ge=1, description="position in the conversation, in and out counted together")
    sender_type: Literal["bot", "agent", "system"]
    kind: MessageKind = MessageKind.TEXT
    text: Personal = ""
    buttons: list[Button] = Field(default_factory=list)
    media: Media | None = None
    location: Location | None = None
    answer: KnowledgeAnswer | None = Field(default=None, description="the citizen may say whether it was of use")
    in_reply_to: UUID | None = None
    turn_index: int = Field(default=0, ge=0)
    turn_count: int = Field(default=1, ge=1)
    created_at: AwareDatetime


class MessageHandled(Contract):
    """The hub is done with a citizen's message: answered by the bot, left to a person, or kept for later."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "message_id": "019358f0-2a6b-7b51-8f5e-0c8f6a1f2d11",
                    "conversation_id": "019358ef-0000-7000-8000-000000000001",
                    "channel": "web",
                    "outcome": "answered",
                    "replies": 1,
                }
            ]
        }
    )

    message_id: UUID
    conversation_id: UUID
    channel: Channel
    outcome: Literal["answered", "joined", "silenced", "deferred"] = Field(
        description="joined: answered together with a later message of the same citizen"
    )
    replies: int = Field(ge=0, description="how many message.outbound.v1 belong to it")


class MessageStatus(Contract):
    """What became of one outbound message. The order is sent < delivered < read; failed ends it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "message_id": "019358f0-2b00-7b51-8f5e-0c8f6a1f2d12",
                    "channel": "whatsapp",
                    "account": "main",
                    "status": "delivered",
                    "at": "2026-11-23T09:15:02-03:00",
                }
            ]
        }
    )

    message_id: UUID
    channel: Channel
    account: Open
    status: Literal["sent", "delivered", "read", "failed"]
    at: AwareDatetime
    error_code: Open | None = None


class MessageInitiated(Contract):
    """A message that the office began, sent by its channel: it belongs into the citizen's conversation."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "message_id": "019358f0-2b00-7b51-8f5e-0c8f6a1f2d12",
                    "channel": "whatsapp",
                    "account": "valle-claro",
                    "recipient": {"address": "56912345678", "phone": "+56912345678"},
                    "text": "Le recordamos su hora del martes 24 a las 10:15. ¿Viene?",
                    "buttons": [{"title": "Confirmo", "payload": '/confirm_appointment{"appointment":"HRA-7K2M9"}'}],
                    "created_at": "2026-11-23T09:15:00-03:00",
                }
            ]
        }
    )

    message_id: UUID
    channel: Channel
    account: Open
    recipient: Sender
    text: Personal
    buttons: list[Button] = Field(default_factory=list)
    created_at: AwareDatetime


class MessageStored(Contract):
    """The hub has a new message of a citizen, an official or the office, or the file of one; without its words."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "message_id": "019358f0-2a6b-7b51-8f5e-0c8f6a1f2d11",
                    "conversation_id": "019358ef-0000-7000-8000-000000000001",
                    "seq": 1,
                    "sender_type": "citizen",
                    "kind": "text",
                    "channel": "web",
                }
            ]
        }
    )

    message_id: UUID
    conversation_id: UUID
    seq: int = Field(ge=1, description="position in the conversation, in and out counted together")
    sender_type: Literal["citizen", "agent", "system"]
    kind: MessageKind = MessageKind.TEXT
    channel: Channel


class MessageFeedback(Contract):
    """Somebody said whether an answer from the office's documents was of use, or changed their mind."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "message_id": "019358f0-2b00-7b51-8f5e-0c8f6a1f2d12",
                    "conversation_id": "019358ef-0000-7000-8000-000000000001",
                    "value": "down",
                    "previous": None,
                    "rated_by": "visitor",
                    "question": "¿Cuánto cuesta el permiso de circulación?",
                    "comment": None,
                    "sources": [{"document_id": "permiso-circulacion", "document": "Permiso de circulación"}],
                }
            ]
        }
    )

    message_id: UUID
    conversation_id: UUID
    value: Literal["up", "down"]
    previous: Literal["up", "down"] | None = Field(
        default=None, description="what was said before; null the first time"
    )
    rated_by: Open = Field(description="role of who said it: visitor, agent, admin; service for a channel")
    question: Personal = Field(description="as it was asked of the documents")
    comment: Personal | None = None
    sources: list[AnswerSource] = Field(default_factory=list)


MESSAGE_EVENTS: dict[str, type[Contract]] = {
    MESSAGE_RECEIVED: MessageReceived,
    MESSAGE_OUTBOUND: MessageOutbound,
    MESSAGE_HANDLED: MessageHandled,
    MESSAGE_STATUS: MessageStatus,
    MESSAGE_MEDIA: MessageMedia,
    MESSAGE_INITIATED: MessageInitiated,
    MESSAGE_STORED: MessageStored,
    MESSAGE_FEEDBACK: MessageFeedback,
}
