"""Settings of webhooks."""

from pydantic import Field
from pydantic_settings import BaseSettings


class WebhookSettings(BaseSettings):
    """What the API and the worker need for webhooks."""

    webhook_allowed_hosts: str = Field(
        default="",
        description="hosts inside the installation that webhooks may call, by http too: host or host:port, with commas",
    )
    webhook_timeout_seconds: float = Field(default=15.0, gt=0, le=30)
    webhook_senders: int = Field(default=2, ge=1, le=16, description="threads; each receiver gets one at a time")
    webhook_retry_hours: float = Field(default=72.0, gt=0, description="for how long a message is tried")
    webhook_disable_hours: float = Field(default=72.0, gt=0, description="of failing only, until one is switched off")
    webhook_kept_days: int = Field(default=30, ge=4, description="for how long messages and their log are kept")

    def webhook_hosts(self) -> list[str]:
        """Return the hosts that the operator allows."""
        return [name.strip() for name in self.webhook_allowed_hosts.split(",") if name.strip()]
