"""What YCloud's codes mean for us; what Meta said comes along as `whatsappApiError` and goes first.

Source: docs.ycloud.com, "Handle errors" and "Handle WhatsApp errors".
"""

from collections.abc import Mapping
from typing import Any

import httpx

from munbot_whatsapp.providers import reading
from munbot_whatsapp.providers.base import Decision, SendFailed
from munbot_whatsapp.providers.http import body_of, by_status, retry_after
from munbot_whatsapp.providers.meta.errors import Verdict, verdict_of

_STOP = Verdict(Decision.STOP)
_PERMANENT = Verdict(Decision.PERMANENT)

VERDICTS: Mapping[str, Verdict] = {
    "ACCOUNT_LIMITED": _STOP,
    "ACCOUNT_UNAVAILABLE": _STOP,
    "BALANCE_INSUFFICIENT": _STOP,
    "FORBIDDEN": _STOP,
    "UNAUTHORIZED": _STOP,
    "WHATSAPP_PHONE_NUMBER_UNAVAILABLE": _STOP,
    "ACCOUNT_RATE_LIMITED": Verdict(Decision.WAIT_ACCOUNT, 60),
    "SENDER_RATE_LIMITED": Verdict(Decision.WAIT_ACCOUNT, 10),
    "TOO_MANY_REQUESTS": Verdict(Decision.WAIT_ACCOUNT, 10),
    "INTERNAL_SERVER_ERROR": Verdict(Decision.RETRY),
    "SERVICE_UNAVAILABLE": Verdict(Decision.RETRY),
    "ALREADY_EXISTS": _PERMANENT,
    "BAD_REQUEST": _PERMANENT,
    "CONTENT_PROHIBITED": _PERMANENT,
    "CONTENT_TOO_LARGE": _PERMANENT,
    "MESSAGING_REGION_UNSUPPORTED": _PERMANENT,
    "NOT_FOUND": _PERMANENT,
    "PARAM_INVALID": _PERMANENT,
    "PARAM_INVALID_LENGTH": _PERMANENT,
    "PARAM_MISSING": _PERMANENT,
    "PARAM_NOT_MATCH": _PERMANENT,
    "RECIPIENT_IN_BLOCK_LIST": _PERMANENT,
    "RECIPIENT_UNSUBSCRIBED": _PERMANENT,
    "WHATSAPP_TEMPLATE_UNAVAILABLE": _PERMANENT,
}


def code_of(error: dict[str, Any], own: str) -> str | None:
    """Return Meta's code of a failure, else YCloud's own, which stands under the name `own`."""
    meta = reading.identifier(reading.section(error, "whatsappApiError").get("code"), 20)
    return meta or reading.identifier(error.get(own), 80)


def verdict_on(code: str) -> Verdict | None:
    """Return what a code, YCloud's or Meta's, means; None when it is not known."""
    return VERDICTS.get(code) or verdict_of(code)


def refusal_of(response: httpx.Response) -> SendFailed | None:
    """Return what a refusal means; None when it is not in YCloud's shape."""
    error = reading.section(body_of(response), "error")
    code = code_of(error, "code")
    if code is None:
        return None
    from_meta = bool(reading.section(error, "whatsappApiError"))
    verdict = verdict_on(code)
    guess = by_status(response, sends=not from_meta)
    if verdict is None:
        passing = guess.decision is not Decision.RETRY or response.status_code >= 500
        verdict = Verdict(guess.decision if passing else Decision.PERMANENT)
    return SendFailed(
        verdict.decision,
        code,
        detail=reading.text(error.get("message"), 300),
        retry_after=retry_after(response) or verdict.wait,
        uncertain=guess.uncertain and verdict.decision is Decision.RETRY,
    )
