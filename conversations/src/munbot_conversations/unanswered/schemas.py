"""Requests and answers about unanswered questions."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from munbot_conversations.unanswered.repository import Kind, Status
from munbot_conversations.unanswered.rules import QUESTION_LIMIT

ANSWER_LIMIT = 2_000
MOST_WORDINGS = 20

QuestionText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=QUESTION_LIMIT)]


class QuestionReport(BaseModel):
    """The dialogue could not answer this."""

    question: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)]
    conversation_id: UUID | None = None
    intent: Annotated[str | None, Field(max_length=80)] = None
    confidence: Annotated[float | None, Field(ge=0, le=1)] = None


class QuestionItem(BaseModel):
    """A question and how often it was asked."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    kind: Kind = Field(description="unknown: the bot had no answer; unhelpful: citizens found its answer of no use")
    question: str
    samples: list[str] = Field(description="different wordings, at most five, without personal data")
    intent: str | None
    confidence: float | None
    count: int
    conversation_id: UUID | None = Field(description="where it was asked last")
    status: Status
    first_at: datetime
    last_at: datetime
    answered_at: datetime | None


class QuestionPage(BaseModel):
    """The most frequent first, or the latest."""

    items: list[QuestionItem]
    next_cursor: str | None


class QuestionChange(BaseModel):
    """What became of a question."""

    status: Status


class QuestionNoted(BaseModel):
    """Where the question is counted; no id when nothing of it could be kept."""

    id: UUID | None


class QuestionAnswer(BaseModel):
    """The office's answer, which makes a question/answer pair of its knowledge."""

    answer: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=ANSWER_LIMIT)]
    question: QuestionText | None = Field(default=None, description="as it is kept; the citizens' words if not given")
    also: Annotated[list[QuestionText] | None, Field(max_length=MOST_WORDINGS)] = Field(
        default=None, description="other ways to ask it; the citizens' other wordings if not given"
    )
