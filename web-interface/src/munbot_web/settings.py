"""Settings of the web channel."""

from munbot_common.settings import AuthSettings, BrokerSettings, RedisSettings, ServiceSettings
from pydantic import Field


class Settings(ServiceSettings, BrokerSettings, RedisSettings, AuthSettings):
    """Variables as in the README; secrets also as files."""

    service_name: str = "web-interface"
    conversations_url: str = "http://conversations:8000"
    scheduler_url: str = "http://scheduler:8000"
    complaints_url: str = "http://complaints-api:8000"
    llm_gateway_url: str = "http://llm-gateway:8000"
    whatsapp_url: str = "http://whatsapp-bridge:8000"
    rasa_url: str = "http://rasa:5005"
    actions_url: str = "http://rasa-actions:8000"
    rabbitmq_api_url: str = Field(default="http://rabbitmq:15672", description="RabbitMQ's management API")
    chat_allowed_origins: str = Field(
        default="", description="origins (comma separated, or *) of other sites that may carry the widget"
    )
    chat_max_text: int = Field(default=4_000, ge=1, description="characters in one message")
    chat_rate_limit: int = Field(default=40, ge=1, description="messages of one conversation in one window")
    chat_rate_window_seconds: int = Field(default=10, ge=1)
    chat_max_packet_bytes: int = Field(default=262_144, ge=16_384, description="a longer socket packet ends the link")

    def allowed_origins(self) -> list[str]:
        """Return the foreign origins that may talk to us."""
        return [origin.strip().rstrip("/") for origin in self.chat_allowed_origins.split(",") if origin.strip()]

    def health_targets(self) -> dict[str, str]:
        """Return what to ask how a service is, by its name."""
        ours = {
            "conversations": self.conversations_url,
            "scheduler": self.scheduler_url,
            "complaints-api": self.complaints_url,
            "llm-gateway": self.llm_gateway_url,
            "whatsapp-bridge": self.whatsapp_url,
            "rasa-actions": self.actions_url,
        }
        return {name: f"{url.rstrip('/')}/readyz" for name, url in ours.items()} | {
            "rasa": f"{self.rasa_url.rstrip('/')}/version"
        }
