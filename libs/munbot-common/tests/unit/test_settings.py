import pytest
from munbot_common.settings import DatabaseSettings, ServiceSettings, with_password
from pydantic import SecretStr, ValidationError


class Settings(ServiceSettings, DatabaseSettings):
    service_name: str = "test"


def test_secret_comes_from_its_file(monkeypatch, tmp_path):
    secret = tmp_path / "password"
    secret.write_text("p@ss/word\n")
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg2://scheduler@postgres:5432/scheduler")
    monkeypatch.setenv("DATABASE_PASSWORD_FILE", str(secret))
    settings = Settings()
    assert settings.sqlalchemy_url() == "postgresql+psycopg2://scheduler:p%40ss%2Fword@postgres:5432/scheduler"
    assert "p@ss" not in repr(settings)


def test_variable_wins_over_file(monkeypatch, tmp_path):
    secret = tmp_path / "password"
    secret.write_text("from-file")
    monkeypatch.setenv("DATABASE_URL", "postgresql://u@h/d")
    monkeypatch.setenv("DATABASE_PASSWORD", "from-variable")
    monkeypatch.setenv("DATABASE_PASSWORD_FILE", str(secret))
    assert "from-variable" in Settings().sqlalchemy_url()


def test_missing_secret_file_is_named(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://u@h/d")
    monkeypatch.setenv("DATABASE_PASSWORD_FILE", "/nowhere/password")
    with pytest.raises(Exception, match="DATABASE_PASSWORD_FILE names /nowhere/password"):
        Settings()


def test_missing_required_setting_is_refused(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with pytest.raises(ValidationError, match="database_url"):
        Settings()


@pytest.mark.parametrize(
    ("url", "password", "expected"),
    [
        ("redis://redis:6379/0", "x", "redis://:x@redis:6379/0"),
        ("amqp://munbot@rabbitmq:5672/%2F", "x", "amqp://munbot:x@rabbitmq:5672/%2F"),
        ("amqp://munbot:own@rabbitmq:5672/%2F", "x", "amqp://munbot:own@rabbitmq:5672/%2F"),
    ],
)
def test_with_password(url, password, expected):
    assert with_password(url, SecretStr(password)) == expected
    assert with_password(url, None) == url
