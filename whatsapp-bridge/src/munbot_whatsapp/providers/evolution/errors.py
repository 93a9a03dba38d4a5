"""What Evolution's refusals mean for us. It has no codes: nearly all that goes wrong is a 400 with words.

Source: EvolutionAPI/evolution-api 2.3.6, main.ts and whatsapp.baileys.service.ts: 400 is also answered when the message
went out and only its storing failed, so an unknown 400 leaves it open.
"""

import re
from typing import Any

import httpx

from munbot_whatsapp.providers import reading
from munbot_whatsapp.providers.base import Decision, SendFailed
from munbot_whatsapp.providers.http import body_of
from munbot_whatsapp.providers.meta.errors import verdict_of

_WORDS: tuple[tuple[str, Decision, str, float | None], ...] = (
    ("requires property", Decision.PERMANENT, "request_invalid", None),
    ("does not conform", Decision.PERMANENT, "request_invalid", None),
    ("is not of a type", Decision.PERMANENT, "request_invalid", None),
    ("does not match", Decision.PERMANENT, "request_invalid", None),
    ("does not meet", Decision.PERMANENT, "request_invalid", None),
    ("owned media must be", Decision.PERMANENT, "request_invalid", None),
    ("connection closed", Decision.WAIT_ACCOUNT, "connection_closed", 10.0),
    ("connection lost", Decision.WAIT_ACCOUNT, "connection_closed", 10.0),
    ("connection terminated", Decision.WAIT_ACCOUNT, "connection_closed", 10.0),
    ("is not connected", Decision.WAIT_ACCOUNT, "connection_closed", 10.0),
    ("rate-overlimit", Decision.WAIT_ACCOUNT, "rate_overlimit", 60.0),
)
_META = re.compile(r"\(#([0-9]{1,6})\)")  # its Cloud API channel hands on Meta's words
_STATUSES: dict[int, tuple[Decision, str, float | None]] = {
    401: (Decision.STOP, "http_401", None),
    403: (Decision.STOP, "http_403", None),
    # The instance is not there; while Evolution starts, that goes by.
    404: (Decision.WAIT_ACCOUNT, "instance_unknown", 60.0),
}


def refusal_of(response: httpx.Response) -> SendFailed | None:
    """Return what a refusal means; None when it is not in Evolution's shape."""
    body = body_of(response)
    if "response" not in body and not isinstance(body.get("message"), str):
        return None
    said = list(_leaves(reading.section(body, "response").get("message", body.get("message"))))
    detail = "; ".join(reading.text(leaf, 200) for leaf in said if isinstance(leaf, str))[:300]
    if response.status_code in _STATUSES:
        decision, code, wait = _STATUSES[response.status_code]
        return SendFailed(decision, code, detail=detail, retry_after=wait)
    if any(isinstance(leaf, dict) and leaf.get("exists") is False for leaf in said):
        return SendFailed(Decision.PERMANENT, "not_on_whatsapp")
    if (known := _by_words(detail)) is not None:
        return known
    return (
        SendFailed(Decision.RETRY, "http_400", detail=detail, uncertain=True) if response.status_code == 400 else None
    )


def _by_words(detail: str) -> SendFailed | None:
    words = detail.lower()
    for part, decision, code, wait in _WORDS:
        if part in words:
            return SendFailed(decision, code, detail=detail, retry_after=wait)
    if (meta := _META.search(detail)) is not None and (verdict := verdict_of(meta[1])) is not None:
        return SendFailed(verdict.decision, meta[1], detail=detail, retry_after=verdict.wait)
    return None


def _leaves(value: Any, depth: int = 0) -> list[Any]:
    """Return what lies in lists of lists: a string or an object comes alone, in a list, or in a list in it."""
    if isinstance(value, list) and depth < 4:
        return [leaf for item in value for leaf in _leaves(item, depth + 1)]
    return [] if value is None else [value]
