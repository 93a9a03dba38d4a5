from pathlib import Path

import pytest
from munbot_rasa.serving.settings import ServerSettings, SettingsError

ENVIRONMENT = {
    "HOST": "127.0.0.1",
    "PORT": "5005",
    "DATABASE_URL": "postgresql+psycopg2://rasa@db:5433/rasa",
    "REDIS_URL": "redis://redis:6379/0",
    "ACTIONS_URL": "http://actions:8000/",
}


def test_secrets_come_from_files(tmp_path: Path) -> None:
    for name in ("db", "redis"):
        (tmp_path / name).write_text(f"{name}/p@ss\n")
    files = {"DATABASE_PASSWORD_FILE": str(tmp_path / "db"), "REDIS_PASSWORD_FILE": str(tmp_path / "redis")}
    settings = ServerSettings.read({**ENVIRONMENT, **files})
    assert settings.endpoint_variables() == {
        "RASA_DB_HOST": "db",
        "RASA_DB_PORT": "5433",
        "RASA_DB_NAME": "rasa",
        "RASA_DB_USER": "rasa",
        "RASA_DB_PASSWORD": "db/p@ss",
        "RASA_REDIS_URL": "redis://:redis%2Fp%40ss@redis:6379/0",
        "RASA_ACTIONS_WEBHOOK": "http://actions:8000/webhook",
    }


def test_an_address_with_a_password_is_left_alone() -> None:
    settings = ServerSettings.read({**ENVIRONMENT, "REDIS_URL": "redis://:x@redis:6379/0", "REDIS_PASSWORD": "y"})
    assert settings.redis_url == "redis://:x@redis:6379/0"


@pytest.mark.parametrize("missing", ["DATABASE_URL", "REDIS_URL", "ACTIONS_URL"])
def test_a_missing_setting_is_named(missing: str) -> None:
    with pytest.raises(SettingsError, match=missing):
        ServerSettings.read({name: value for name, value in ENVIRONMENT.items() if name != missing})


@pytest.mark.parametrize("port", ["", "abc", "0", "70000", "-1"])
def test_a_wrong_port_is_refused(port: str) -> None:
    with pytest.raises(SettingsError, match="PORT"):
        ServerSettings.read({**ENVIRONMENT, "PORT": port})


def test_an_unreadable_secret_is_named_without_its_content(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="DATABASE_PASSWORD_FILE"):
        ServerSettings.read({**ENVIRONMENT, "DATABASE_PASSWORD_FILE": str(tmp_path / "none")})
