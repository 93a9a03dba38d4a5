"""What the public page shows."""

from pydantic import BaseModel, ConfigDict, Field


class Tenant(BaseModel):
    """An office: its name, colours and greeting."""

    model_config = ConfigDict(extra="ignore")

    id: str
    name: str
    short_name: str | None = None
    timezone: str | None = None
    locale: str | None = None
    colors: dict[str, str] = Field(default_factory=dict)
    greeting: str | None = None
    address: str | None = None
    phone: str | None = None
    attention_hours_text: str | None = None


class GuideProcedure(BaseModel):
    """A procedure that citizens can book an hour for."""

    model_config = ConfigDict(extra="ignore")

    id: str
    code: str
    name: str
    description: str | None = None
    duration_minutes: int | None = None
    required_papers: list[str] = Field(default_factory=list)
    price_text: str | None = None
    office_ids: list[str] = Field(default_factory=list)


class GuideOffice(BaseModel):
    """A place that attends people."""

    model_config = ConfigDict(extra="ignore")

    id: str
    code: str
    name: str
    address: str | None = None
    phone: str | None = None
    email: str | None = None
    hours_text: str | None = None


class Guide(BaseModel):
    """Procedures and offices of one tenant."""

    procedures: list[GuideProcedure]
    offices: list[GuideOffice]
