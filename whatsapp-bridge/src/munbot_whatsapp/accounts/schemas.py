"""Requests and answers about accounts. Credentials go in and never come out."""

import json
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, AnyHttpUrl, BaseModel, Field, SecretStr, StringConstraints, TypeAdapter

ProviderName = Literal["meta", "evolution", "ycloud", "twilio"]
State = Literal["working", "paused", "stopped", "off"]

OPTIONS_LIMIT = 4_000
_HTTP_URL: TypeAdapter[AnyHttpUrl] = TypeAdapter(AnyHttpUrl)


def _base_url(value: str) -> str:
    url = _HTTP_URL.validate_python(value)
    if url.query or url.fragment or url.username or url.password:
        msg = "La dirección no lleva usuario, consulta ni fragmento"
        raise ValueError(msg)
    return str(url).rstrip("/")


def _small(value: dict[str, Any]) -> dict[str, Any]:
    if len(json.dumps(value)) > OPTIONS_LIMIT:
        msg = "Las opciones son demasiado largas"
        raise ValueError(msg)
    return value


Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,59}$", examples=["valle-claro"])]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Reference = Annotated[str, Field(pattern=r"^[A-Za-z0-9+_.:@-]{1,120}$", examples=["106540352242922"])]
BaseUrl = Annotated[str, Field(max_length=300), AfterValidator(_base_url)]
Secret = Annotated[SecretStr, Field(min_length=1, max_length=2_000)]
Credentials = Annotated[dict[str, Secret], Field(max_length=10)]
Options = Annotated[dict[str, Any], AfterValidator(_small)]


class AccountCreate(BaseModel):
    """A new account."""

    slug: Slug = Field(description="Unique in the installation; the last part of its webhook's address")
    name: Name
    provider: ProviderName
    provider_ref: Reference = Field(description="phone_number_id, instance, or the sender's number")
    base_url: BaseUrl | None = Field(default=None, description="Of the provider's API; absent: the provider's own")
    credentials: Credentials
    options: Options = Field(default_factory=dict)


class AccountChange(BaseModel):
    """What of an account changes; absent members stay, credentials that are not named too."""

    name: Name | None = None
    base_url: BaseUrl | None = None
    credentials: Credentials | None = None
    options: Options | None = None
    active: bool | None = None


class AccountItem(BaseModel):
    """An account as officials see it."""

    id: UUID
    slug: str
    name: str
    provider: ProviderName
    provider_ref: str
    base_url: str
    webhook_url: str = Field(description="What the provider is to be given as the webhook's address")
    credentials: list[str] = Field(description="Names of those that are set; their values are never shown")
    options: dict[str, Any]
    active: bool
    state: State
    stopped_reason: str | None
    paused_until: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


class AccountList(BaseModel):
    """All accounts of a tenant."""

    items: list[AccountItem]


class Probe(BaseModel):
    """What the provider said when it was asked just now."""

    ok: bool
    code: str | None = Field(default=None, description="Why not, in the provider's code or one of ours")


class AccountHealth(BaseModel):
    """How an account is."""

    slug: str
    state: State
    probe: Probe | None = Field(description="Absent when the account is switched off")
    waiting: int = Field(ge=0, description="Messages that wait to be sent")
    last_inbound_at: datetime | None
    last_sent_at: datetime | None
    last_error_code: str | None
    last_error_at: datetime | None
