"""Bodies of requests and answers about templates."""

from datetime import datetime
from typing import Annotated, Any

from munbot_contracts.notifications import NotificationChannel
from pydantic import BaseModel, Field

from munbot_notifications.schemas import Body
from munbot_notifications.templates.builtin import Audience


class WordsBody(Body):
    """What a template says, in Jinja2: data as `{{ name }}`, conditions, loops and a few filters; no calls."""

    subject: Annotated[str, Field(min_length=1, max_length=300)]
    text: Annotated[str, Field(min_length=1, max_length=20_000)]
    html: Annotated[str, Field(min_length=1, max_length=50_000, description="inside the municipality's frame")]
    short: Annotated[str, Field(min_length=1, max_length=1_000, description="for WhatsApp, SMS and chats")]


class PreviewBody(Body):
    """What to try: words not yet saved, and data; by default what is in use, with the example."""

    words: WordsBody | None = None
    data: Annotated[dict[str, Any], Field(max_length=40)] | None = None


class FilledOut(BaseModel):
    """What a recipient would read."""

    subject: str
    text: str
    html: str
    short: str


class TemplateItem(BaseModel):
    """A kind of notification. Version 0 is the built-in one; `own`: the municipality says it in its own words."""

    name: str
    title: str
    audience: Audience
    channels: list[NotificationChannel]
    version: int
    own: bool


class TemplateOut(TemplateItem):
    """A template with what it says now, and the data that it can use."""

    words: WordsBody
    builtin: WordsBody
    example: dict[str, Any]


class VersionOut(BaseModel):
    """One version; without words it went back to the built-in ones."""

    version: int
    words: WordsBody | None
    author: str
    created_at: datetime
