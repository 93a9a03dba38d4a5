"""Settings of the simulator."""

from pathlib import Path
from typing import Self

from munbot_common.settings import ServiceSettings
from pydantic import Field, SecretStr, model_validator

MEGABYTE = 1024 * 1024


class Settings(ServiceSettings):
    """Everything that the simulator needs. All it knows is kept in memory, so all of it has a limit."""

    service_name: str = "whatsapp-simulator"
    simulator_secret: SecretStr = Field(
        min_length=16, description="app secret, access token and verify token of every account"
    )
    webhook_base_url: str = Field(description="of the bridge, without /webhooks/…")
    demo_seed_dir: Path = Path("config/demo")
    webhook_timeout_seconds: float = Field(default=10.0, gt=0)
    max_phones: int = Field(default=500, ge=1, description="the one that was idle longest makes room")
    max_messages: int = Field(default=500, ge=10, description="kept on each phone; the oldest make room")
    max_pending: int = Field(default=2_000, ge=1, description="webhooks that one phone may have waiting")
    max_media_bytes: int = Field(default=128 * MEGABYTE, ge=MEGABYTE, description="all files; the oldest make room")

    @model_validator(mode="after")
    def _only_in_a_demo(self) -> Self:
        if not self.is_demo:
            msg = "the simulator runs only with MUNBOT_MODE=demo: anybody could write as any citizen"
            raise ValueError(msg)
        return self
