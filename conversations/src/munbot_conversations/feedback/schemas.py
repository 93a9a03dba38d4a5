"""Requests and answers about ratings."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

COMMENT_LIMIT = 1_000

Thumb = Literal["up", "down"]


class FeedbackWish(BaseModel):
    """Whether an answer was of use, and why."""

    value: Thumb
    comment: Annotated[str | None, StringConstraints(strip_whitespace=True), Field(max_length=COMMENT_LIMIT)] = None


class FeedbackItem(BaseModel):
    """The rating of one message."""

    model_config = ConfigDict(from_attributes=True)

    message_id: UUID
    value: Thumb
    comment: str | None
    rated_by: str = Field(description="role of who said it last: visitor, agent, admin; service for a channel")
    updated_at: datetime
