"""Requests and answers about agents."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

RoleName = Literal["admin", "agent", "viewer"]

Email = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, max_length=254, pattern=r"^[A-Za-z0-9._%+'-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"
    ),
    AfterValidator(str.lower),
]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
NewPassword = Annotated[str, Field(min_length=10, max_length=128)]


class AgentItem(BaseModel):
    """An agent as others see them."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    email: str
    role: RoleName
    active: bool
    created_at: datetime


class AgentList(BaseModel):
    """All agents of a tenant."""

    items: list[AgentItem]


class AgentCreate(BaseModel):
    """A new agent."""

    email: Email
    name: Name
    role: RoleName
    password: NewPassword


class AgentChange(BaseModel):
    """What of an agent changes; absent members stay."""

    name: Name | None = None
    role: RoleName | None = None
    active: bool | None = None
    password: NewPassword | None = None
