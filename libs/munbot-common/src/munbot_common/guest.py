"""Let a system that is not ours read some events: a queue and a broker's user of its own, with no other right.

Run as ``python -m munbot_common.guest NAME --event TYPE …``; safe to repeat. The queue `NAME.events` gets the events of
the types given. Whatever the guest does or leaves undone, nobody else notices: a full queue drops its oldest, nothing
waits longer than a week in it, and one that nobody reads for a week is removed.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from urllib.parse import quote

import httpx
from munbot_contracts import EVENT_TYPES, routing_key
from pydantic import SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from munbot_common._consumer import DELIVERY_LIMIT
from munbot_common._publisher import EXCHANGE
from munbot_common.rabbitmq_definitions import rabbitmq_password_hash
from munbot_common.settings import SecretFileSource

__all__ = ["GuestSettings", "admit", "main"]

WEEK_MS = 7 * 24 * 3600 * 1000
LONGEST = 10_000
"""Events that wait for a guest."""


class GuestSettings(BaseSettings):
    """The broker's management API, and the password that the guest will use."""

    model_config = SettingsConfigDict(extra="ignore", case_sensitive=False)

    rabbitmq_api_url: str
    rabbitmq_user: str = "munbot"
    rabbitmq_vhost: str = "/"
    rabbitmq_password: SecretStr
    guest_password: SecretStr

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Variables first, then secret files."""
        return init_settings, env_settings, SecretFileSource(settings_cls)


def admit(settings: GuestSettings, name: str, event_types: Sequence[str]) -> str:
    """Make the guest's queue, its bindings and its user; return the queue's name.

    The user may read this one queue and nothing else: it cannot publish, declare or bind. A delivery that it gives back
    too often goes to the queue's dead letters, which are kept for a week too.

    Args:
        settings: where and with which passwords.
        name: the user's.
        event_types: such as `munbot.complaint.created.v1`; bindings to others are taken away.

    Raises:
        httpx.HTTPError: the broker refuses, or is away.
    """
    queue, dead = f"{name}.events", f"{name}.events.dead"
    vhost = quote(settings.rabbitmq_vhost, safe="")
    shared = {"x-queue-type": "quorum", "x-max-length": LONGEST, "x-message-ttl": WEEK_MS, "x-overflow": "drop-head"}
    own = {
        "x-expires": WEEK_MS,
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": dead,
    }
    credentials = (settings.rabbitmq_user, settings.rabbitmq_password.get_secret_value())
    with httpx.Client(base_url=settings.rabbitmq_api_url, auth=credentials, timeout=30, trust_env=False) as broker:

        def ask(method: str, path: str, body: object = None) -> httpx.Response:
            return broker.request(method, f"/api/{path}", json=body).raise_for_status()

        ask("PUT", f"queues/{vhost}/{dead}", {"durable": True, "arguments": shared})
        ask("PUT", f"queues/{vhost}/{queue}", {"durable": True, "arguments": {**shared, **own}})
        wanted = {routing_key(event_type) for event_type in event_types}
        path = f"bindings/{vhost}/e/{EXCHANGE}/q/{queue}"
        bound = {item["routing_key"]: item["properties_key"] for item in ask("GET", path).json()}
        for key in sorted(wanted - bound.keys()):
            ask("POST", path, {"routing_key": key})
        for key in sorted(bound.keys() - wanted):
            ask("DELETE", f"{path}/{quote(bound[key], safe='')}")
        hashed = rabbitmq_password_hash(settings.guest_password.get_secret_value())
        algorithm = "rabbit_password_hashing_sha256"
        ask("PUT", f"users/{name}", {"password_hash": hashed, "hashing_algorithm": algorithm, "tags": ""})
        rights = {"configure": "^$", "write": "^$", "read": f"^{re.escape(queue)}$"}
        ask("PUT", f"permissions/{vhost}/{name}", rights)
    return queue


def main(arguments: list[str] | None = None) -> int:
    """Let one guest in and say which queue is its own."""
    parser = argparse.ArgumentParser(description="Give another system a queue of its own.")
    parser.add_argument("name", help="the guest's user, and the beginning of its queue's name")
    parser.add_argument("--event", action="append", required=True, choices=sorted(EVENT_TYPES), metavar="TYPE")
    options = parser.parse_args(arguments)
    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,30}", options.name) or options.name == "munbot":
        parser.error("a name of lower-case letters, digits, - and _, other than munbot")
    try:
        queue = admit(GuestSettings(), options.name, options.event)
    except httpx.HTTPError as error:
        sys.stderr.write(f"the broker does not let {options.name} in: {error}\n")
        return 1
    sys.stdout.write(f"queue {queue}: {len(options.event)} types of events\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
