"""Shapes of the category endpoints."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from munbot_complaints.categories.rules import CategoryDocument
from munbot_complaints.fields import RequiredLine


class CategoryNode(BaseModel):
    """A category and what is below it."""

    code: str = Field(examples=["aseo.retiro_basura"])
    name: str
    synonyms: list[str]
    unit: str = Field(description="Who answers for it")
    deadline_days: int = Field(description="Term in business days")
    active: bool
    position: int
    children: list["CategoryNode"]

    @classmethod
    def build(cls, category: CategoryDocument, children: list[Self]) -> Self:
        """Return the node of a stored category."""
        return cls(
            code=category["code"],
            name=category["name"],
            synonyms=category["synonyms"],
            unit=category["unit"],
            deadline_days=category["deadline_days"],
            active=category["active"],
            position=category["position"],
            children=list(children),
        )


class CategoryTree(BaseModel):
    """A tenant's categories."""

    items: list[CategoryNode]


class CategoryBody(BaseModel):
    """A category as an administrator writes it."""

    model_config = ConfigDict(extra="forbid")

    name: RequiredLine
    unit: RequiredLine
    deadline_days: int = Field(ge=1, le=120)
    synonyms: list[RequiredLine] = Field(default_factory=list, max_length=60)
    active: bool = True
    position: int = Field(default=0, ge=0, le=10_000)


class CategoryMatch(BaseModel):
    """A category that a text may mean."""

    code: str
    name: str
    unit: str
    score: float


class CategoryMatches(BaseModel):
    """Best first; empty when no word is known."""

    items: list[CategoryMatch]
