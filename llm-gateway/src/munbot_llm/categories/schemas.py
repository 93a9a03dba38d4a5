"""Shapes of the suggestion endpoint."""

from typing import Annotated, Self

from munbot_contracts.jobs import CategoryOption
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from munbot_llm.fields import Paragraph

MAX_NAMES = 1500
"""Names and synonyms together; the first time, each takes some 20 milliseconds."""


class CategoriseBody(BaseModel):
    """A complaint, and what it may be about."""

    model_config = ConfigDict(extra="forbid")

    text: Paragraph = Field(examples=["hace dos semanas que no pasa el camión"])
    categories: Annotated[list[CategoryOption], Field(min_length=1, max_length=300)]

    @model_validator(mode="after")
    def _not_too_many_names(self) -> Self:
        if sum(1 + len(category.synonyms) for category in self.categories) > MAX_NAMES:
            code = "categories_too_long"
            message = f"Las categorías y sus sinónimos pueden ser hasta {MAX_NAMES}"
            raise PydanticCustomError(code, "{message}", {"message": message})
        return self
