"""Shapes of questions and answers."""

from datetime import date
from typing import Any

from pydantic import BaseModel, Field

from munbot_datalake.questions.figures import FIGURES


class Question(BaseModel):
    """A question in SQL."""

    sql: str = Field(min_length=1, max_length=20_000, examples=["select type, count(*) from events group by type"])
    tenant: str | None = Field(default=None, max_length=64, description="whose events; null: everybody's")
    max_rows: int = Field(default=10_000, ge=1, le=100_000)


class AnswerColumn(BaseModel):
    """A column and DuckDB's name for its type."""

    name: str
    type: str


class QuestionAnswer(BaseModel):
    """The rows of an answer; `truncated` when there were more than were asked for."""

    columns: list[AnswerColumn]
    rows: list[list[Any]]
    truncated: bool
    seconds: float


class View(BaseModel):
    """What can be asked: a view and its columns."""

    name: str
    columns: list[AnswerColumn]


class FigurePeriod(BaseModel):
    """A day, month or year, by its first day, and how many of each kind there were."""

    start: date
    figures: dict[str, int] = Field(examples=[dict.fromkeys(FIGURES, 0)])


class Figures(BaseModel):
    """Figures of a range, oldest period first, empty periods too."""

    timezone: str
    periods: list[FigurePeriod]
