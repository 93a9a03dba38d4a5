"""Requests and answers of login and sessions."""

from typing import Annotated, Literal
from uuid import UUID

from munbot_contracts.messages import Channel
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from munbot_conversations.agents.schemas import NewPassword, RoleName


class LoginRequest(BaseModel):
    """Who wants to log in."""

    tenant: Annotated[str, Field(min_length=1, max_length=64)]
    email: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=254)]
    password: Annotated[str, Field(min_length=1, max_length=128)]


class Me(BaseModel):
    """The agent behind a token."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    email: str
    role: RoleName
    tenant: str


class LoginAnswer(BaseModel):
    """A token and whom it speaks for; `expires_in` in seconds."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - the RFC 6750 word
    expires_in: int
    agent: Me


class PasswordChange(BaseModel):
    """An agent changes their own password."""

    current_password: Annotated[str, Field(min_length=1, max_length=128)]
    new_password: NewPassword


Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class SessionRequest(BaseModel):
    """A channel asks for a citizen's token."""

    channel: Channel
    account: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
    address: Short
    name: Short | None = None


class SessionAnswer(BaseModel):
    """A citizen's conversation and the token that opens it; `expires_in` in seconds."""

    conversation_id: UUID
    contact_id: UUID
    token: str
    expires_in: int
