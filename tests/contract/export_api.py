"""Write what other programs rely on into docs/api: OpenAPI documents and the JSON Schemas of the events.

Run it after a change of an API or an event: `.venv/bin/python tests/contract/export_api.py`
"""

import json
import os
from importlib import import_module
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from munbot_contracts import EVENT_TYPES, Event

API = Path(__file__).resolve().parents[2] / "docs" / "api"
SERVICES = {
    "scheduler": ("munbot_scheduler", "ApiSettings"),
    "complaints": ("munbot_complaints", "ApiSettings"),
    "conversations": ("munbot_conversations", "ApiSettings"),
    "chat": ("munbot_web", "Settings"),
    "llm": ("munbot_llm", "ApiSettings"),
    "whatsapp": ("munbot_whatsapp", "ApiSettings"),
    "notifications": ("munbot_notifications", "ApiSettings"),
    "data-lake": ("munbot_datalake", "ApiSettings"),
    "simulator": ("munbot_simulator", "Settings"),
}


def _settings_environment() -> dict[str, str]:
    """Return settings with which every app can be built; nothing connects before its lifespan runs."""
    private = Ed25519PrivateKey.generate()
    return {
        "JWT_PUBLIC_KEY": private.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode(),
        "JWT_PRIVATE_KEY": private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode(),
        "DATABASE_URL": "postgresql+psycopg2://nobody@localhost/nothing",
        "RABBITMQ_URL": "amqp://localhost",
        "REDIS_URL": "redis://localhost",
        "MONGO_URL": "mongodb://localhost",
        "MONGO_DATABASE": "nothing",
        "S3_ENDPOINT": "http://localhost",
        "S3_ACCESS_KEY": "none",
        "S3_SECRET_KEY": "none",
        "SERVICE_TOKEN": "none",
        "CONVERSATIONS_URL": "http://localhost",
        "SCHEDULER_URL": "http://localhost",
        "COMPLAINTS_URL": "http://localhost",
        "RASA_URL": "http://localhost",
        "MANAGE_TOKEN_SECRET": "none-none-none-none-none-none-none",
        "MUNBOT_MODE": "demo",  # the simulator has no other
        "WHATSAPP_KEY": Fernet.generate_key().decode(),
        "NOTIFICATIONS_KEY": Fernet.generate_key().decode(),
        "PSEUDONYM_KEY": "none-none-none-none-none-none-none",
        "SIMULATOR_SECRET": "none-none-none-none-none-none-none",
        "WEBHOOK_BASE_URL": "http://localhost",
    }


def openapi_of(package: str, settings: str) -> dict[str, Any]:
    """Return the OpenAPI document of a service."""
    os.environ.update({name: value for name, value in _settings_environment().items() if name not in os.environ})
    made = getattr(import_module(f"{package}.settings"), settings)()
    app = import_module(f"{package}.app").create_app(made)
    document: dict[str, Any] = app.openapi()
    return document


def event_schema(event_type: str) -> dict[str, Any]:
    """Return the JSON Schema of one event type with its envelope."""
    return Event[EVENT_TYPES[event_type]].model_json_schema() | {"title": event_type}  # type: ignore[misc]


def documents() -> dict[str, str]:
    """Return every file below docs/api with its content."""
    found: dict[str, Any] = {f"events/{name}.json": event_schema(name) for name in EVENT_TYPES}
    found |= {f"{name}.openapi.json": openapi_of(*where) for name, where in SERVICES.items()}
    return {
        path: json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        for path, content in found.items()
    }


def main() -> None:
    """Write the files, and remove those that no longer exist."""
    wanted = documents()
    for path, content in wanted.items():
        (API / path).parent.mkdir(parents=True, exist_ok=True)
        (API / path).write_text(content, encoding="utf-8")
    for old in API.rglob("*.json"):
        if str(old.relative_to(API)) not in wanted:
            old.unlink()
    print(f"{len(wanted)} files in docs/api")


if __name__ == "__main__":
    main()
