"""Settings of the server, read from the environment and from secret files.

Rasa pins pydantic 1, so the platform's settings classes cannot be used here; names and rules are the same.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit, urlunsplit


class SettingsError(ValueError):
    """Name a setting that is missing or cannot be used."""


@dataclass(frozen=True)
class ServerSettings:
    """Hold what the server needs.

    Args:
        host, port: address to listen on.
        log_level: name of a logging level.
        database_url: address of PostgreSQL, without the password.
        database_password: its password.
        redis_url: address of Redis with the password in it.
        actions_webhook: URL of the action server's webhook.
    """

    host: str
    port: int
    log_level: str
    database_url: str
    database_password: str
    redis_url: str
    actions_webhook: str

    @classmethod
    def read(cls, environ: Mapping[str, str] | None = None) -> ServerSettings:
        """Read settings; a secret `X` may come as `X_FILE`, the name of a file.

        Raises:
            SettingsError: when a required setting is missing or a file cannot be read.
        """
        env = os.environ if environ is None else environ
        return cls(
            host=env.get("HOST", "127.0.0.1"),
            port=_port(env.get("PORT", "5005")),
            log_level=env.get("LOG_LEVEL", "INFO").upper(),
            database_url=_required(env, "DATABASE_URL"),
            database_password=_secret(env, "DATABASE_PASSWORD"),
            redis_url=_with_password(_required(env, "REDIS_URL"), _secret(env, "REDIS_PASSWORD")),
            actions_webhook=_required(env, "ACTIONS_URL").rstrip("/") + "/webhook",
        )

    def endpoint_variables(self) -> dict[str, str]:
        """Give the variables that endpoints.yml refers to."""
        parts = urlsplit(self.database_url)
        return {
            "RASA_DB_HOST": parts.hostname or "localhost",
            "RASA_DB_PORT": str(parts.port or 5432),
            "RASA_DB_NAME": unquote(parts.path.lstrip("/")) or "rasa",
            "RASA_DB_USER": unquote(parts.username or "rasa"),
            "RASA_DB_PASSWORD": self.database_password or unquote(parts.password or ""),
            "RASA_REDIS_URL": self.redis_url,
            "RASA_ACTIONS_WEBHOOK": self.actions_webhook,
        }


def _required(env: Mapping[str, str], name: str) -> str:
    value = env.get(name, "").strip()
    if not value:
        raise SettingsError(f"The setting {name} is missing")
    return value


def _secret(env: Mapping[str, str], name: str) -> str:
    path = env.get(f"{name}_FILE")
    if not path:
        return env.get(name, "")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(f"The file of {name}_FILE cannot be read: {error.strerror}") from error


def _port(value: str) -> int:
    if not value.isdigit() or not 0 < int(value) < 65536:
        raise SettingsError(f"PORT is not a port number: {value}")
    return int(value)


def _with_password(url: str, password: str) -> str:
    """Put a password into a Redis address, unless it has one already."""
    parts = urlsplit(url)
    if not password or parts.password:
        return url
    user, host = unquote(parts.username or ""), parts.netloc.rpartition("@")[2]
    query = urlencode(parse_qs(parts.query), doseq=True)
    return urlunsplit((parts.scheme, f"{quote(user)}:{quote(password, safe='')}@{host}", parts.path, query, ""))
