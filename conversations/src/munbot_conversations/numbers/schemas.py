"""Answers with figures."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field


class Figures(BaseModel):
    """What happened in a span of time."""

    conversations: int = Field(description="citizens who came to talk; after 24 hours of silence they come anew")
    contained: int = Field(description="of these, the ones without a person, until now")
    handoffs: int = Field(description="how often the citizen or the bot asked for a person")
    takeovers: int = Field(description="how often an official took over unasked")
    answered: int = Field(description="of the handoffs, the ones that a person has answered")
    median_first_answer_seconds: int | None = Field(description="from the asking to a person's first words")
    unknown_questions: int = Field(description="questions that nobody could answer")


class DayNumbers(Figures):
    """The figures of one day: of what began on it."""

    day: date


class Numbers(BaseModel):
    """The figures of some days, in the tenant's zone."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    first: date = Field(alias="from")
    last: date = Field(alias="to")
    timezone: str
    total: Figures
    days: list[DayNumbers] = Field(description="every day, those without anything too")
