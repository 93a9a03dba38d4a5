"""Use a restored platform as people do: book an hour, look up a folio."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from stdnum.cl import rut as rut_numbers

from munbot_cli.errors import MunbotError

__all__ = ["book", "look_up_folio", "open_door", "tenants_of"]

_WEEKS = 6


def open_door(url: str, token: str) -> httpx.Client:
    """Give a client that speaks as one of our services.

    Args:
        url: of nginx.
        token: the service's.
    """
    return httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=60)


def tenants_of(door: httpx.Client) -> list[str]:
    """Return the municipalities' ids."""
    return [str(tenant["id"]) for tenant in _ask(door, "GET", "/api/conversations/v1/public/tenants")["items"]]


def book(door: httpx.Client, tenants: list[str]) -> str:
    """Book the first free hour of the first procedure that has one, and read it back.

    Returns:
        The appointment's code.

    Raises:
        MunbotError: there is no free hour, or the booking is not there afterwards.
    """
    first = datetime.now(UTC).date() + timedelta(days=3)
    for tenant in tenants:
        headers = {"X-Munbot-Tenant": tenant}
        for procedure in _ask(door, "GET", "/api/scheduler/v1/procedures", headers=headers)["items"]:
            for week in range(_WEEKS):
                start = first + timedelta(weeks=week)
                wanted = {"procedure_id": procedure["id"], "from": str(start), "to": str(start + timedelta(days=6))}
                slots = _ask(door, "GET", "/api/scheduler/v1/slots", headers=headers, params={**wanted, "limit": 1})
                if slots["items"]:
                    return _take(door, headers, slots["items"][0])
    raise MunbotError("no procedure has a free hour")


def look_up_folio(door: httpx.Client, tenants: list[str]) -> str:
    """Look up the newest complaint by its folio.

    Returns:
        The folio; nothing where no complaint was saved.
    """
    for tenant in tenants:
        headers = {"X-Munbot-Tenant": tenant}
        page = _ask(door, "GET", "/api/complaints/v1/complaints", headers=headers, params={"limit": 1})
        if page["items"]:
            folio = str(page["items"][0]["folio"])
            found = _ask(door, "GET", f"/api/complaints/v1/complaints/{folio}", headers=headers)
            if found["folio"] != folio or not found["history"]:
                raise MunbotError(f"the complaint {folio} came back without its history")
            return folio
    return ""


def _take(door: httpx.Client, headers: dict[str, str], slot: dict[str, Any]) -> str:
    number = str(secrets.randbelow(9_000_000) + 12_000_000)
    wish = {
        "procedure_id": slot["procedure_id"],
        "office_id": slot["office_id"],
        "start": slot["start"],
        "citizen": {"rut": f"{number}-{rut_numbers.calc_check_digit(number)}", "name": "Simulacro de Recuperación"},
        "channel": "web",
    }
    made = _ask(door, "POST", "/api/scheduler/v1/appointments", headers=headers, json=wish)
    found = _ask(door, "GET", f"/api/scheduler/v1/appointments/by-code/{made['code']}", headers=headers)
    if found["id"] != made["id"]:
        raise MunbotError(f"the appointment {made['code']} is another one afterwards")
    return str(made["code"])


def _ask(door: httpx.Client, method: str, path: str, **arguments: Any) -> Any:
    try:
        answer = door.request(method, path, **arguments)
    except httpx.HTTPError as error:
        raise MunbotError(f"{path} does not answer ({type(error).__name__})") from error
    if answer.is_error:
        raise MunbotError(f"{path} answers {answer.status_code}")
    return answer.json()
