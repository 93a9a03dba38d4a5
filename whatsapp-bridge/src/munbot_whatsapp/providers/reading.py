"""Reading of what comes from outside: any JSON may come, and nothing of it may surprise what lies behind.

Strings come out without NUL and lone surrogates, which neither PostgreSQL nor UTF-8 takes, and not longer than asked.
"""

import json
import math
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from munbot_common.clock import utc_now
from munbot_contracts.messages import Location

from munbot_whatsapp.providers.base import PayloadInvalid

TEXT = 65_536
"""The longest message of WhatsApp, in characters."""
ID = 300
ADDRESS = 120
NAME = 200

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x20\x7f\ud800-\udfff]")
_NUMBER = re.compile(r"[1-9][0-9]{6,14}")
_FIRST_DAY = datetime(2009, 1, 1, tzinfo=UTC)  # WhatsApp did not exist before


def read_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object that `body` is; raises PayloadInvalid."""
    try:
        value = json.loads(body.decode())
    except (ValueError, RecursionError):
        msg = "not JSON"
        raise PayloadInvalid(msg) from None
    if not isinstance(value, dict):
        msg = "not an object"
        raise PayloadInvalid(msg)
    return value


def section(value: Any, *path: str) -> dict[str, Any]:
    """Return the object at `path`; an empty one when there is none."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def sections(value: Any) -> list[dict[str, Any]]:
    """Return the objects of a list; nothing when it is none."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text(value: Any, limit: int = TEXT) -> str:
    """Return words; empty when there are none."""
    return _UNSTORABLE.sub("", value)[:limit] if isinstance(value, str) else ""


def some_text(value: Any, limit: int = NAME) -> str | None:
    """Return words, or None instead of empty ones."""
    return text(value, limit).strip() or None


def identifier(value: Any, limit: int = ID) -> str | None:
    """Return an id, which may have come as a number; None when it cannot be one."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value or len(value) > limit or _CONTROL.search(value):
        return None
    return value


def whole(value: Any) -> int | None:
    """Return a whole number >= 0 given as a number, as digits, or as protobuf's `{"low", "high"}`; else None."""
    if isinstance(value, dict):
        low, high = value.get("low"), value.get("high", 0)
        if not isinstance(low, int) or not isinstance(high, int):
            return None
        value = (high << 32) + (low & 0xFFFFFFFF) if abs(high) < 1 << 21 else None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16:
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 53:
        return value
    return None


def moment(value: Any) -> datetime:
    """Return the time that `value` says in seconds since 1970 or in ISO 8601; now when it says none that can be."""
    now = utc_now()
    seconds = whole(value)
    try:
        if seconds is not None:
            then = datetime.fromtimestamp(seconds, UTC)
        else:
            then = datetime.fromisoformat(value)
            then = then.replace(tzinfo=UTC) if then.tzinfo is None else then.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, OSError):
        return now
    return then if _FIRST_DAY <= then <= now + timedelta(days=1) else now


def location(latitude: Any, longitude: Any, name: Any = None, address: Any = None) -> Location | None:
    """Return a point; None when it does not lie on Earth."""
    point = _degrees(latitude), _degrees(longitude)
    if point[0] is None or point[1] is None or abs(point[0]) > 90 or abs(point[1]) > 180:
        return None
    return Location(
        latitude=point[0],
        longitude=point[1],
        name=some_text(name),
        address=some_text(address, 300),
    )


def digits_of(value: Any) -> str | None:
    """Return the digits of a telephone number, which may have come with its +; None when it is none."""
    number = value.removeprefix("+") if isinstance(value, str) else ""
    return number if _NUMBER.fullmatch(number) else None


def ref_of(number: Any, own_number: str) -> str | None:
    """Return the account that a number is: ours as we write it, any other in E.164; None when it is no number."""
    digits = digits_of(number)
    if digits is None:
        return None
    return own_number if digits == digits_of(own_number.removeprefix("whatsapp:")) else f"+{digits}"


def is_number(address: str) -> bool:
    """Whether an address of ours is a telephone number, and not a provider's id of a citizen."""
    return _NUMBER.fullmatch(address) is not None


def e164(address: str) -> str | None:
    """Return the telephone number that an address is, with its +; None when it is an id of the provider's."""
    return f"+{address}" if is_number(address) else None


def _degrees(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        degrees = float(value)
    except (ValueError, OverflowError):
        return None
    return degrees if math.isfinite(degrees) else None
