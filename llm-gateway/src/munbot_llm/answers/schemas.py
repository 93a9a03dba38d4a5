"""JSON of answers."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from munbot_llm.answers.models import Mode

MAX_QUESTION = 2000


class TurnIn(BaseModel):
    """One message of the conversation so far."""

    model_config = ConfigDict(extra="forbid")

    role: Literal["user", "assistant"]
    text: Annotated[str, StringConstraints(max_length=4000)]


class AnswerBody(BaseModel):
    """A citizen's question."""

    model_config = ConfigDict(extra="forbid")

    question: Annotated[str, StringConstraints(max_length=MAX_QUESTION)] = Field(
        examples=["¿Hasta qué hora puede haber música?"]
    )
    history: list[TurnIn] = Field(default_factory=list, max_length=20, description="Before the question, oldest first")
    tenant: str | None = Field(default=None, max_length=63, description="If given, the caller's own")


class SourceOut(BaseModel):
    """A passage that an answer stands on."""

    document_id: str
    document: str
    article: str
    passage: str


class AnswerOut(BaseModel):
    """An answer."""

    answer_id: UUID
    answer: str
    mode: Mode
    sources: list[SourceOut] = Field(description="None with clarify and unknown")
    confidence: float = Field(ge=0, le=1, description="How probably the answer is right")
    handoff: bool = Field(description="Offer a person")
    options: list[str] = Field(description="With clarify: what may have been meant")
