"""Requests and answers about canned answers."""

import re
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from munbot_conversations.canned.models import TEXT_LIMIT, TITLE_LIMIT
from munbot_conversations.messages.rules import storable

PLACEHOLDERS = frozenset({"nombre"})
_PLACEHOLDER = re.compile(r"\{([^{}\s]+)\}")


def _known_placeholders(text: str) -> str:
    unknown = sorted(set(_PLACEHOLDER.findall(text)) - PLACEHOLDERS)
    if unknown:
        code = "placeholder_unknown"
        raise PydanticCustomError(code, "Solo puede usar {{nombre}}; no existe {{{first}}}", {"first": unknown[0]})
    return text


Title = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=TITLE_LIMIT),
    AfterValidator(storable),
]
Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=TEXT_LIMIT),
    AfterValidator(storable),
    AfterValidator(_known_placeholders),
    Field(description="may hold {nombre}, which the official's page replaces by the citizen's name"),
]


class CannedItem(BaseModel):
    """A canned answer."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    title: str
    text: str
    created_at: datetime
    updated_at: datetime


class CannedList(BaseModel):
    """All canned answers of the tenant by title."""

    items: list[CannedItem]


class CannedCreate(BaseModel):
    """A new canned answer."""

    title: Title
    text: Text


class CannedChange(BaseModel):
    """What of a canned answer changes; absent members stay."""

    title: Title | None = None
    text: Text | None = None
