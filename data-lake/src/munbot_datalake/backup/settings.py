"""Settings of saving and bringing back."""

from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo

from munbot_common.settings import S3Settings, ServiceSettings, with_password
from pydantic import Field, SecretStr, field_validator

__all__ = ["BackupSettings", "TargetSettings"]


class TargetSettings(ServiceSettings):
    """Where backups are kept.

    Args:
        backup_target: a folder, or `s3://bucket/prefix` of any store that speaks S3.
        backup_namespace: the instance whose backups these are; several share a target.
    """

    service_name: str = "backup"
    backup_target: str = "/backups"
    backup_namespace: str = "munbot"
    backup_s3_endpoint: str = ""
    backup_s3_region: str = "us-east-1"
    backup_s3_access_key: SecretStr = SecretStr("")
    backup_s3_secret_key: SecretStr = SecretStr("")


class BackupSettings(TargetSettings, S3Settings):
    """The stores with their superusers, what else is saved, and when.

    Args:
        secrets_dir: the instance's secrets; saved only sealed.
        recovery_recipient: public half of the recovery key (age); by default the file of that name among the secrets.
        rasa_model_path: the trained model, where it is a file that can be read from here; in containers it is part of
            Rasa's image, and that is kept by its version.
        backup_at: when, every night, in `backup_zone`.
    """

    postgres_url: str = "postgresql://postgres@postgres:5432/postgres"
    postgres_password: SecretStr | None = None
    mongo_url: str = "mongodb://munbot@mongo:27017/?authSource=admin&directConnection=true"
    mongo_password: SecretStr | None = None
    rabbitmq_api_url: str = "http://rabbitmq:15672"
    rabbitmq_password: SecretStr
    secrets_dir: Path = Path("/run/secrets")
    recovery_recipient: str = ""
    rasa_model_path: str = ""
    munbot_version: str = "dev"
    munbot_commit: str = ""

    backup_nightly: bool = True
    backup_at: time = time(3)
    backup_zone: str = "America/Santiago"
    backup_keep_daily: int = Field(default=7, ge=1)
    backup_keep_weekly: int = Field(default=4, ge=0)
    backup_keep_monthly: int = Field(default=6, ge=0)

    @field_validator("backup_zone")
    @classmethod
    def _is_a_zone(cls, value: str) -> str:
        ZoneInfo(value)
        return value

    def postgres_dsn(self) -> str:
        """Return the superuser's URL of the server, for libpq."""
        return with_password(self.postgres_url, self.postgres_password)

    def mongo_dsn(self) -> str:
        """Return the superuser's URL of the document store."""
        return with_password(self.mongo_url, self.mongo_password)

    def recipient(self) -> str:
        """Return the public half of the recovery key, or nothing where none was given."""
        file = self.secrets_dir / "recovery_recipient"
        return self.recovery_recipient or (file.read_text(encoding="utf-8").strip() if file.is_file() else "")
