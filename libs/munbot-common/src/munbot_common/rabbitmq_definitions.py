"""RabbitMQ's definitions: our user, its permissions, the exchange, and the one queue that nobody may miss."""

from __future__ import annotations

import base64
import hashlib
import json
import os

__all__ = ["broker_definitions", "rabbitmq_password_hash"]


_AUDIT = "conversations.audit"


def broker_definitions(password: str, previous: str | None) -> str:
    """Describe RabbitMQ's user, permissions, exchange, and the audit log's queue.

    Every other queue is its consumer's: what nobody waits for yet, nobody misses. The audit log's is there from the
    broker's first start, with the arguments of its consumer's `Subscription`, so that no change goes by unheard.

    Args:
        password: the clear password; only its hash is written.
        previous: the definitions of before, whose salt is kept, so that nothing changes while the password stays.

    Returns:
        JSON that the broker loads.
    """
    salt = None
    if previous is not None:
        try:
            salt = base64.b64decode(json.loads(previous)["users"][0]["password_hash"])[:4]
        except (ValueError, KeyError, IndexError, TypeError):
            salt = None
    hashed = rabbitmq_password_hash(password, salt)
    definitions = {
        "vhosts": [{"name": "/"}],
        "users": [
            {
                "name": "munbot",
                "password_hash": hashed,
                "hashing_algorithm": "rabbit_password_hashing_sha256",
                "tags": ["administrator"],
            }
        ],
        "permissions": [{"user": "munbot", "vhost": "/", "configure": ".*", "write": ".*", "read": ".*"}],
        "exchanges": [
            {
                "name": "munbot.events",
                "vhost": "/",
                "type": "topic",
                "durable": True,
                "auto_delete": False,
                "internal": False,
                "arguments": {},
            }
        ],
        "queues": [
            {
                "name": _AUDIT,
                "vhost": "/",
                "durable": True,
                "auto_delete": False,
                "arguments": {
                    "x-queue-type": "quorum",
                    "x-dead-letter-exchange": "",
                    "x-dead-letter-strategy": "at-least-once",
                    "x-overflow": "reject-publish",
                    "x-delivery-limit": 20,
                    "x-dead-letter-routing-key": f"{_AUDIT}.dead",
                    "x-single-active-consumer": True,
                },
            }
        ],
        "bindings": [
            {
                "source": "munbot.events",
                "vhost": "/",
                "destination": _AUDIT,
                "destination_type": "queue",
                "routing_key": "audit.noted.v1",
                "arguments": {},
            }
        ],
    }
    return json.dumps(definitions, indent=2) + "\n"


def rabbitmq_password_hash(password: str, salt: bytes | None = None) -> str:
    """Hash a password as RabbitMQ's ``rabbit_password_hashing_sha256`` does.

    Args:
        password: the clear password.
        salt: 4 bytes; random by default.

    Returns:
        Base64 of the salt followed by SHA-256 of salt and password (RabbitMQ docs, "Password Hashing").
    """
    salt = salt or os.urandom(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()
