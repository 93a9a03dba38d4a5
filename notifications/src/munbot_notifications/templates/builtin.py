"""The built-in templates of `resources/templates/`: one file each."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml
from munbot_contracts.notifications import NotificationChannel
from pydantic import BaseModel, ConfigDict, Field

Audience = Literal["citizen", "official"]


class Words(BaseModel):
    """What a template says, as Jinja2 sources: subject, text and HTML of a mail, and a short form for the rest."""

    model_config = ConfigDict(frozen=True)

    subject: str
    text: str
    html: str
    short: str


class Flow(BaseModel):
    """The bridge's flow that says the same on WhatsApp, and the data that it wants."""

    model_config = ConfigDict(frozen=True)

    name: str
    data: tuple[str, ...]


class Template(BaseModel):
    """A kind of notification.

    Attributes:
        title: what officials call it.
        channels: where it may go, in the order that holds for who has no other.
        answers: it answers what the citizen has just done, so that quiet hours do not hold it back by mail.
        calendar: the appointment's calendar file is attached to mails.
        flow: on WhatsApp.
        topic: what officials who want it have chosen.
        words: what it says.
        example: data to try it with; its names are those that a municipality's own version may use.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    title: str
    audience: Audience
    channels: tuple[NotificationChannel, ...]
    answers: bool = False
    calendar: bool = False
    flow: Flow | None = None
    topic: str | None = None
    words: Words
    example: Mapping[str, Any] = Field(default_factory=dict)


@cache
def templates() -> Mapping[str, Template]:
    """Return all templates by name."""
    folder = files("munbot_notifications.resources") / "templates"
    found: dict[str, Template] = {}
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        name = file.name.removesuffix(".yml")
        body = yaml.safe_load(file.read_text(encoding="utf-8"))
        words = {part: body.pop(part) for part in Words.model_fields}
        found[name] = Template.model_validate({**body, "name": name, "words": words})
    return found


@cache
def topics() -> frozenset[str]:
    """Return what officials can choose to hear of."""
    return frozenset(template.topic for template in templates().values() if template.topic)
