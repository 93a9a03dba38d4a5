"""What an account may be."""

import ipaddress
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from munbot_whatsapp.accounts.models import AccountRow
from munbot_whatsapp.accounts.schemas import State
from munbot_whatsapp.problems import CredentialsInvalid, HostRefused, OptionsInvalid
from munbot_whatsapp.providers.base import Provider


def check_credentials(provider: Provider, credentials: Mapping[str, str]) -> None:
    """Refuse credentials that are not exactly those of the provider.

    Raises:
        CredentialsInvalid: some are missing, or unknown.
    """
    wanted = provider.required_credentials
    errors = [{"field": f"credentials.{name}", "code": "missing", "detail": "Falta este dato"} for name in wanted]
    missing = [error for error in errors if not credentials.get(error["field"].partition(".")[2])]
    unknown = [
        {"field": f"credentials.{name}", "code": "extra_forbidden", "detail": "Este dato no se espera aquí"}
        for name in set(credentials) - wanted
    ]
    if missing or unknown:
        raise CredentialsInvalid(errors=sorted(missing + unknown, key=lambda error: error["field"]))


def check_base_url(provider: Provider, base_url: str, allowed_hosts: frozenset[str]) -> None:
    """Refuse an address that is neither the provider's own nor one that the operator allows.

    An official's account makes this service call the address: it must not reach what lies inside.

    Raises:
        HostRefused: neither.
    """
    if base_url != provider.default_base_url.rstrip("/") and urlsplit(base_url).hostname not in allowed_hosts:
        raise HostRefused


def check_options(options: Mapping[str, Any]) -> None:
    """Refuse options that the providers' code could not use.

    Raises:
        OptionsInvalid: a network is none, or something is of the wrong kind.
    """
    networks = options.get("allowed_ips", [])
    templates = options.get("templates", {})
    try:
        if not isinstance(networks, list) or not isinstance(templates, dict):
            raise OptionsInvalid
        for network in networks:
            ipaddress.ip_network(network, strict=False)
    except (TypeError, ValueError) as error:
        raise OptionsInvalid from error
    texts = [options.get(name, "") for name in ("webhook_url", "api_version", "waba_id")] + list(templates.values())
    if not all(isinstance(text, str) for text in texts) or not isinstance(options.get("cloud", False), bool):
        raise OptionsInvalid


def state_of(row: AccountRow, now: datetime) -> State:
    """Return how an account is, by what we know ourselves."""
    if not row.active:
        return "off"
    if row.stopped_reason:
        return "stopped"
    return "paused" if row.paused_until and row.paused_until > now else "working"
