"""Settings of a service: environment variables, and files for what is secret."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import quote, urlsplit, urlunsplit

from pydantic import Field, SecretStr, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict


class SecretFileSource(PydanticBaseSettingsSource):
    """Read field `x` from the file named by the variable `X_FILE`, as Docker secrets are handed over."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002
        """Return the stripped content of the field's file, or None without such a variable."""
        path = self._environment().get(f"{field_name}_file")
        if not path:
            return None, field_name, False
        try:
            return Path(path).read_text(encoding="utf-8").strip(), field_name, False
        except OSError as error:
            msg = f"{field_name.upper()}_FILE names {path}, which cannot be read: {error.strerror}"
            raise ValueError(msg) from error

    def __call__(self) -> dict[str, Any]:
        """Return all fields that have a file."""
        found = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}

    @staticmethod
    def _environment() -> Mapping[str, str]:
        import os  # noqa: PLC0415 - read at call time, so that tests can change it

        return {name.lower(): value for name, value in os.environ.items()}


class ServiceSettings(BaseSettings):
    """What every process needs. Field `x` is variable `X`; a secret may come from the file named in `X_FILE`."""

    model_config = SettingsConfigDict(extra="ignore", case_sensitive=False)

    service_name: str = "munbot"
    munbot_mode: Literal["demo", "production"] = "production"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = "INFO"
    public_url: str = "http://localhost:8080"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments first, then variables, then secret files."""
        return init_settings, env_settings, SecretFileSource(settings_cls)

    @property
    def is_demo(self) -> bool:
        """Whether demo data and demo logins are allowed."""
        return self.munbot_mode == "demo"


class DatabaseSettings(BaseSettings):
    """A PostgreSQL database; the password stands apart so that it can be a file."""

    database_url: str
    database_password: SecretStr | None = None
    database_pool_size: int = Field(default=10, ge=1)

    def sqlalchemy_url(self) -> str:
        """Return the URL with its password put in."""
        return with_password(self.database_url, self.database_password)


class BrokerSettings(BaseSettings):
    """The RabbitMQ broker."""

    rabbitmq_url: str
    rabbitmq_password: SecretStr | None = None

    def amqp_url(self) -> str:
        """Return the URL with its password put in."""
        return with_password(self.rabbitmq_url, self.rabbitmq_password)


class RedisSettings(BaseSettings):
    """The Redis cache."""

    redis_url: str
    redis_password: SecretStr | None = None

    def redis_dsn(self) -> str:
        """Return the URL with its password put in."""
        return with_password(self.redis_url, self.redis_password)


class MongoSettings(BaseSettings):
    """A MongoDB database."""

    mongo_url: str
    mongo_database: str
    mongo_password: SecretStr | None = None

    def mongo_dsn(self) -> str:
        """Return the URL with its password put in."""
        return with_password(self.mongo_url, self.mongo_password)


class S3Settings(BaseSettings):
    """The object store, in the terms of S3."""

    s3_endpoint: str
    s3_access_key: SecretStr
    s3_secret_key: SecretStr
    s3_region: str = "us-east-1"


class AuthSettings(BaseSettings):
    """How callers are recognised, and with what this service calls others."""

    jwt_public_key: str
    service_token: SecretStr | None = None

    @model_validator(mode="after")
    def _is_a_key(self) -> Self:
        if "BEGIN PUBLIC KEY" not in self.jwt_public_key:
            msg = "JWT_PUBLIC_KEY must be an Ed25519 public key in PEM"
            raise ValueError(msg)
        return self


def with_password(url: str, password: SecretStr | None) -> str:
    """Return `url` with `password` in its user part; a URL that has one already keeps it."""
    if password is None:
        return url
    parts = urlsplit(url)
    if parts.password:
        return url
    user, at, address = parts.netloc.rpartition("@")
    secret = quote(password.get_secret_value(), safe="")
    netloc = f"{user if at else ''}:{secret}@{address}"
    return urlunsplit(parts._replace(netloc=netloc))
