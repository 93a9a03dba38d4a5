"""The calls of POST …/messages (cloud-api/reference/messages in Meta's documentation)."""

import re
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from munbot_simulator.graph.contents import (
    ButtonsContent,
    FileContent,
    ListContent,
    LocationContent,
    ReactionContent,
    TemplateContent,
    TextContent,
)


class Context(BaseModel):
    """The message that is answered."""

    message_id: str


class _Send(BaseModel):
    messaging_product: Literal["whatsapp"]
    recipient_type: Literal["individual"] = "individual"
    to: Annotated[str, StringConstraints(pattern=r"^\+?[\d ()-]{6,24}$")]
    context: Context | None = None
    biz_opaque_callback_data: Annotated[str, StringConstraints(max_length=512)] | None = None

    @property
    def number(self) -> str:
        """The recipient's digits."""
        return re.sub(r"\D", "", self.to)


class SendText(_Send):
    """Words; the kind when none is named."""

    type: Literal["text"] = "text"
    text: TextContent


class SendInteractive(_Send):
    """Buttons or a list."""

    type: Literal["interactive"]
    interactive: Annotated[ButtonsContent | ListContent, Field(discriminator="type")]


class SendImage(_Send):
    """An image."""

    type: Literal["image"]
    image: FileContent


class SendDocument(_Send):
    """A document."""

    type: Literal["document"]
    document: FileContent


class SendAudio(_Send):
    """Sound."""

    type: Literal["audio"]
    audio: FileContent


class SendLocation(_Send):
    """A point."""

    type: Literal["location"]
    location: LocationContent


class SendReaction(_Send):
    """A reaction."""

    type: Literal["reaction"]
    reaction: ReactionContent


class SendTemplate(_Send):
    """An approved message."""

    type: Literal["template"]
    template: TemplateContent


Send = Annotated[
    SendText | SendInteractive | SendImage | SendDocument | SendAudio | SendLocation | SendReaction | SendTemplate,
    Field(discriminator="type"),
]


class TypingIndicator(BaseModel):
    """Show that an answer is being written."""

    type: Literal["text"]


class MarkRead(BaseModel):
    """A citizen's message was read."""

    messaging_product: Literal["whatsapp"]
    status: Literal["read"]
    message_id: str
    typing_indicator: TypingIndicator | None = None
