"""Settings of the bridge."""

from pathlib import Path

from munbot_common.settings import (
    AuthSettings,
    BrokerSettings,
    DatabaseSettings,
    RedisSettings,
    S3Settings,
    ServiceSettings,
)
from pydantic import Field, SecretStr


class BridgeSettings(ServiceSettings, DatabaseSettings):
    """What every process of the bridge needs."""

    service_name: str = "whatsapp"
    whatsapp_key: SecretStr = Field(description="Fernet key that encrypts the accounts' credentials")
    whatsapp_timeout_seconds: float = Field(default=10.0, gt=0, le=60, description="of one call to a provider")


class MigrateSettings(BridgeSettings):
    """What `migrate` needs."""

    demo_seed_dir: Path = Path("config/demo")
    simulator_url: str = Field(default="http://whatsapp-simulator:8000", description="of the demo's accounts")
    simulator_secret: SecretStr | None = Field(default=None, description="app secret and token of the demo's accounts")


class ApiSettings(BridgeSettings, BrokerSettings, RedisSettings, AuthSettings):
    """What the API needs."""

    webhook_max_bytes: int = Field(default=3 * 1024 * 1024, ge=1024, description="a longer webhook is refused with 413")
    webhook_replay_seconds: int = Field(default=86_400, ge=60, description="for how long Redis knows a repetition")
    whatsapp_provider_hosts: str = Field(
        default="", description="hosts beside the providers' own that accounts may name, with commas: Evolution's"
    )

    def provider_hosts(self) -> frozenset[str]:
        """Return the hosts that accounts may name beside the providers' own."""
        return frozenset(host.strip().lower() for host in self.whatsapp_provider_hosts.split(",") if host.strip())


class WorkerSettings(BridgeSettings, BrokerSettings, S3Settings, AuthSettings):
    """What the worker needs."""

    service_name: str = "whatsapp-worker"
    llm_gateway_url: str = "http://llm-gateway:8000"
    media_bucket: str = "attachments"
    media_max_bytes: int = Field(default=16 * 1024 * 1024, ge=1024)
    voice_max_seconds: int = Field(default=60, ge=1)
    senders: int = Field(default=8, ge=1, le=64, description="threads that call providers")
    send_grace_seconds: float = Field(
        default=15.0,
        gt=0,
        description="how long statuses must have been heard before a part that may have gone out goes again",
    )
    deliveries_days: int = Field(default=30, ge=2, description="for how long what was sent is kept here")
    evolution_rabbitmq_url: str = Field(default="", description="Evolution's broker, when it delivers by AMQP")
    evolution_rabbitmq_exchange: str = "evolution_exchange"
