"""What a telephone shows."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, BaseModel, Field

Author = Literal["citizen", "office"]
EntryKind = Literal["text", "choice", "image", "document", "audio", "location", "reaction", "template", "unsupported"]
EntryStatus = Literal["sent", "delivered", "read", "failed"]
STATUS_RANK: dict[EntryStatus, int] = {"sent": 1, "delivered": 2, "read": 3, "failed": 4}


class Option(BaseModel):
    """A button or a row that can be chosen."""

    id: str
    title: str
    description: str = ""


class Section(BaseModel):
    """Rows under a title."""

    title: str = ""
    rows: list[Option]


class OptionList(BaseModel):
    """Rows that a button opens."""

    button: str
    sections: list[Section]

    def rows(self) -> list[Option]:
        """Return all rows."""
        return [row for section in self.sections for row in section.rows]


class FileShown(BaseModel):
    """A file, as the telephone shows it; its bytes are at /simulator/api/media/{id}."""

    id: str
    content_type: str
    size: int = Field(description="bytes")
    filename: str | None = None
    voice: bool = False
    seconds: int | None = None


class Place(BaseModel):
    """A point, WGS 84 degrees."""

    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    name: str | None = Field(default=None, max_length=200)
    address: str | None = Field(default=None, max_length=300)


class Undelivered(BaseModel):
    """Why the platform has not got a citizen's message yet: its last answer."""

    attempts: int
    answer: str = Field(description="HTTP status, `unreachable`, or `timeout`")


class Entry(BaseModel):
    """One message on a telephone.

    `status` of a citizen's message: sent, delivered (the platform took the webhook), read (it said so). Of an office's:
    sent, delivered, read (the page showed it), failed.
    """

    id: str = Field(description="wamid")
    seq: int = Field(default=0, description="grows with every change in the simulator")
    position: int = Field(default=0, description="place on the telephone")
    phone: str = Field(description="digits")
    account: str = Field(description="slug of the office's number")
    author: Author
    kind: EntryKind
    at: AwareDatetime
    status: EntryStatus = "sent"
    text: str = Field(default="", description="words, caption, title of what was chosen, or emoji")
    header: str = ""
    footer: str = ""
    buttons: list[Option] = Field(default_factory=list)
    options: OptionList | None = None
    choice_id: str | None = None
    file: FileShown | None = None
    location: Place | None = None
    reply_to: str | None = Field(default=None, description="id of the message that is answered or reacted to")
    template: str | None = None
    reference: str | None = Field(default=None, description="the office's own (biz_opaque_callback_data)")
    error_code: int | None = None
    undelivered: Undelivered | None = None

    def option(self, option_id: str) -> Option | None:
        """Return a button or row of this message."""
        rows = self.options.rows() if self.options else []
        return next((option for option in [*self.buttons, *rows] if option.id == option_id), None)


class Typing(BaseModel):
    """Until when the office is shown as writing."""

    phone: str
    account: str
    until: AwareDatetime | None


@dataclass(slots=True)
class Phone:
    """One telephone; `changed` holds its messages, the one that changed last at the end."""

    number: str
    name: str
    changed: OrderedDict[str, Entry] = field(default_factory=OrderedDict)
    typing: dict[str, tuple[int, Typing]] = field(default_factory=dict)
    wrote_at: dict[str, datetime] = field(default_factory=dict)
