"""Shapes that the features share."""

from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, ConfigDict, EmailStr, Field, StringConstraints

T = TypeVar("T")

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
"""One line of words."""
Email = Annotated[EmailStr, Field(max_length=254)]
"""A mail address; its domain is not asked for."""


class Body(BaseModel):
    """A request's body: unknown fields are refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid")


class Page(BaseModel, Generic[T]):
    """A page of a list, the newest first; `next_cursor` leads to the next."""

    items: list[T]
    next_cursor: str | None = None


Limit = Annotated[int, Query(ge=1, le=200)]
"""How many items a page has."""


def masked(address: str | None) -> str | None:
    """Return an address that its owner recognises, and nobody else: `m…@correo.cl`, `…4321`."""
    if not address:
        return None
    user, at, domain = address.rpartition("@")
    return f"{user[:1]}…@{domain}" if at else f"…{address[-4:]}"
