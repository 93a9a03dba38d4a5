"""Settings of the action server."""

from munbot_common.settings import ServiceSettings
from pydantic import Field, SecretStr


class ActionsSettings(ServiceSettings):
    """Where the services are, and how long what they say about themselves is kept."""

    service_name: str = "rasa-actions"
    scheduler_url: str = "http://scheduler:8000"
    complaints_url: str = "http://complaints-api:8000"
    conversations_url: str = "http://conversations:8000"
    llm_gateway_url: str = Field(default="", description="answers from documents; empty: none are asked for")
    llm_timeout_seconds: float = Field(default=10.0, gt=0, description="one attempt; a model takes up to 8 s")
    service_token: SecretStr
    default_tenant: str | None = Field(default=None, description="for messages without metadata (rasa shell)")
    catalogue_seconds: float = Field(default=30.0, ge=0, description="procedures, offices, categories, tenants")
    service_timeout_seconds: float = Field(default=5.0, gt=0, description="of one attempt; two are made")
