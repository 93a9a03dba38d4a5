"""Settings of the service."""

from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from munbot_common.settings import AuthSettings, BrokerSettings, DatabaseSettings, ServiceSettings, with_password
from pydantic import Field, SecretStr, model_validator

from munbot_notifications.webhooks.settings import WebhookSettings

SMTP_SCHEMES = frozenset({"smtp", "smtp+starttls", "smtps"})


class CommonSettings(ServiceSettings, DatabaseSettings, WebhookSettings):
    """What every process needs."""

    service_name: str = "notifications"
    notifications_key: SecretStr = Field(description="Fernet key: links that citizens get, and what must not be read")
    quiet_from: str = Field(default="21:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="local; of citizens")
    quiet_until: str = Field(default="08:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    digest_at: str = Field(default="08:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="local; of officials")
    apprise_schemes: str = Field(
        default="tgram,slack,discord,msteams,workflows,gchat",
        description="what officials' channels may be, with commas: schemes of apprise's URLs",
    )

    sms_url: str = Field(default="", description="of Twilio's Messages API or one like it; none: no SMS")

    def channels(self) -> frozenset[str]:
        """Return the channels that this installation has."""
        return frozenset({"email", "whatsapp", "apprise", *(["sms"] if self.sms_url else [])})

    def schemes(self) -> frozenset[str]:
        """Return the schemes of apprise that officials may use."""
        return frozenset(name.strip().lower() for name in self.apprise_schemes.split(",") if name.strip())


class MigrateSettings(CommonSettings):
    """What `migrate` needs."""

    demo_seed_dir: Path = Path("config/demo")


class ApiSettings(CommonSettings, AuthSettings):
    """What the API needs."""


class WorkerSettings(CommonSettings, BrokerSettings, AuthSettings):
    """What the worker needs."""

    service_name: str = "notifications-worker"
    conversations_url: str = "http://conversations:8000"
    scheduler_url: str = "http://scheduler:8000"
    whatsapp_url: str = "http://whatsapp-bridge:8000"
    smtp_url: str = Field(default="smtp://mailpit:1025", description="smtp, smtp+starttls or smtps, host and port")
    smtp_password: SecretStr | None = None
    smtp_timeout_seconds: float = Field(default=20.0, gt=0, le=120)
    mail_from: str = "notificaciones@munbot.demo"
    sms_account: str = ""
    sms_token: SecretStr | None = None
    sms_from: str = ""
    senders: int = Field(default=4, ge=1, le=32, description="threads that hand over")
    claim_seconds: float = Field(default=300.0, ge=10, description="after which another worker takes what one held")
    retry_hours: float = Field(default=72.0, gt=0, description="for how long one channel is tried")
    failover_minutes: float = Field(default=30.0, gt=0, description="for how long one waits for a channel that is away")
    kept_days: int = Field(default=90, ge=2, description="for how long notifications are kept")

    @model_validator(mode="after")
    def _knows_the_scheme(self) -> Self:
        if urlsplit(self.smtp_url).scheme not in SMTP_SCHEMES:
            msg = "SMTP_URL must begin with smtp://, smtp+starttls:// or smtps://"
            raise ValueError(msg)
        return self

    def smtp_dsn(self) -> str:
        """Return the mail server's URL with its password put in, where it has a user."""
        secret = self.smtp_password
        if secret is None or not secret.get_secret_value() or not urlsplit(self.smtp_url).username:
            return self.smtp_url
        return with_password(self.smtp_url, secret)
