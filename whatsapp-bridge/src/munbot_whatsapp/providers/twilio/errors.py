"""What Twilio's codes mean for us, in answers and in status callbacks.

Source: twilio.com/docs/api/errors, and the table of WhatsApp's codes behind 630xx.
"""

from collections.abc import Mapping

import httpx

from munbot_whatsapp.providers import reading
from munbot_whatsapp.providers.base import Decision, SendFailed
from munbot_whatsapp.providers.http import body_of, by_status, retry_after
from munbot_whatsapp.providers.meta.errors import Verdict

_RETRY = Verdict(Decision.RETRY)
_STOP = Verdict(Decision.STOP)
_PERMANENT = Verdict(Decision.PERMANENT)

VERDICTS: Mapping[int, Verdict] = {
    # Credentials, rights, and our number.
    20003: _STOP,  # account or token
    20005: _STOP,  # the account is not active
    20008: _STOP,  # credentials for tests
    20404: _STOP,  # the account does not exist
    21212: _STOP,  # our number is not one
    21603: _STOP,  # our number is missing
    21606: _STOP,  # our number is not ours
    21910: _STOP,  # our number is not of the channel
    30002: _STOP,  # the account is suspended
    63001: _STOP,  # the channel does not know us
    63002: _STOP,  # the channel does not find our number
    63007: _STOP,  # our number is not in the channel
    63008: _STOP,  # the channel is not set up
    63020: _STOP,  # the business has not accepted Twilio's invitation
    63022: _STOP,  # the number's certificate
    63051: _STOP,  # WhatsApp locked the business account
    63112: _STOP,  # WhatsApp disabled the business account
    # Limits.
    20429: Verdict(Decision.WAIT_ACCOUNT, 10),  # requests at once
    21611: Verdict(Decision.WAIT_ACCOUNT, 60),  # our number's queue is full
    30001: Verdict(Decision.WAIT_ACCOUNT, 60),  # the account's queue is full
    63017: Verdict(Decision.WAIT_ACCOUNT, 10),  # messages a second of the account
    63018: Verdict(Decision.WAIT_ACCOUNT, 60),  # WhatsApp's limit of our number
    63038: Verdict(Decision.WAIT_ACCOUNT, 3600),  # messages a day of the account
    # Their own trouble.
    20500: _RETRY,
    20503: _RETRY,
    30008: _RETRY,
    63009: _RETRY,
    63010: _RETRY,
    63012: _RETRY,
    63023: _RETRY,
    # More than 24 hours since the citizen wrote.
    63016: Verdict(Decision.WINDOW_CLOSED),
    # This message, or this citizen.
    21211: _PERMANENT,  # no number
    21408: _PERMANENT,  # not to this country
    21610: _PERMANENT,  # wants nothing from us
    21612: _PERMANENT,  # cannot be reached from our number
    21614: _PERMANENT,  # no mobile
    21617: _PERMANENT,  # too long
    21619: _PERMANENT,  # nothing in it
    21620: _PERMANENT,  # the file's address
    21655: _PERMANENT,  # the template does not exist
    21656: _PERMANENT,  # the template's variables
    21658: _PERMANENT,  # too long
    30003: _PERMANENT,
    30005: _PERMANENT,
    30006: _PERMANENT,
    30007: _PERMANENT,
    63003: _PERMANENT,  # the channel does not find the citizen
    63005: _PERMANENT,  # the channel does not take the content
    63013: _PERMANENT,  # against a policy
    63014: _PERMANENT,  # the citizen blocked us
    63015: _PERMANENT,  # the citizen has not joined the sandbox
    63019: _PERMANENT,  # our file cannot be had
    63021: _PERMANENT,  # content that the channel does not know
    63024: _PERMANENT,  # the citizen has no WhatsApp
    63027: _PERMANENT,  # the template does not exist in this language
    63028: _PERMANENT,  # the template's number of parameters
    63029: _PERMANENT,  # the citizen's phone has not got the template
    63030: _PERMANENT,
    63031: _PERMANENT,  # to ourselves
    63032: _PERMANENT,  # the citizen is part of an experiment of WhatsApp's
    63033: _PERMANENT,  # the citizen is blocked
    63036: _PERMANENT,  # the citizen cannot be reached over this channel
    63040: _PERMANENT,  # the template was refused
    63041: _PERMANENT,  # the template is paused
    63042: _PERMANENT,  # the template is disabled
    63049: _PERMANENT,  # marketing: this citizen has had enough of it
}


def verdict_of(code: str) -> Verdict | None:
    """Return what a code means; None when it is not known."""
    return VERDICTS.get(int(code)) if code.isascii() and code.isdigit() and len(code) < 10 else None


def refusal_of(response: httpx.Response) -> SendFailed | None:
    """Return what a refusal means; None when it is not in Twilio's shape."""
    body = body_of(response)
    code = reading.identifier(body.get("code"), 20)
    if code is None:
        return None
    guess = by_status(response, sends=False)
    verdict = verdict_of(code)
    if verdict is None:
        passing = guess.decision is not Decision.RETRY or response.status_code >= 500
        verdict = Verdict(guess.decision if passing else Decision.PERMANENT)
    return SendFailed(
        verdict.decision,
        code,
        detail=reading.text(body.get("message"), 300),
        retry_after=retry_after(response) or verdict.wait,
    )
