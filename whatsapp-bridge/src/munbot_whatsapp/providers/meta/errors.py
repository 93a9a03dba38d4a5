"""What the codes of the Cloud API mean for us.

Source: developers.facebook.com, WhatsApp Business Platform, "Error codes" and "Throughput". Meta asks to decide on the
code, never on the words.
"""

from collections.abc import Mapping
from typing import NamedTuple

from munbot_whatsapp.providers.base import Decision


class Verdict(NamedTuple):
    """What to do, and for how many seconds nothing is worth trying, where that is known."""

    decision: Decision
    wait: float | None = None


_RETRY = Verdict(Decision.RETRY)
_STOP = Verdict(Decision.STOP)
_PERMANENT = Verdict(Decision.PERMANENT)

VERDICTS: Mapping[int, Verdict] = {
    # Credentials and rights.
    0: _STOP,  # the token cannot be checked
    3: _STOP,  # the app lacks the capability
    10: _STOP,  # permission not granted, or taken back
    **dict.fromkeys(range(200, 300), _STOP),  # permissions
    190: _STOP,  # the token expired
    368: _STOP,  # blocked for policy violations
    131005: _STOP,  # access denied
    131031: _STOP,  # the account is locked
    131037: _STOP,  # the display name is not approved
    131042: _STOP,  # payment
    131045: _STOP,  # the number's certificate
    131048: _STOP,  # too many of our messages were reported as spam: going on makes it worse
    133010: _STOP,  # the number is not registered
    33: _STOP,  # the number was deleted
    # Limits.
    4: Verdict(Decision.WAIT_ACCOUNT, 60),  # calls of the app
    80007: Verdict(Decision.WAIT_ACCOUNT, 300),  # calls of the business account
    130429: Verdict(Decision.WAIT_ACCOUNT, 2),  # messages a second of the number
    131057: Verdict(Decision.WAIT_ACCOUNT, 300),  # the account is in maintenance
    131056: Verdict(Decision.WAIT_CITIZEN, 6),  # too many to this citizen: about one in 6 s
    # Meta's own trouble.
    1: _RETRY,
    2: _RETRY,
    131000: _RETRY,
    131016: _RETRY,
    133004: _RETRY,
    # More than 24 hours since the citizen wrote.
    131047: Verdict(Decision.WINDOW_CLOSED),
    # This message, or this citizen.
    100: _PERMANENT,  # a wrong parameter
    130472: _PERMANENT,  # the citizen is part of an experiment of Meta's
    130497: _PERMANENT,  # not to this country
    131008: _PERMANENT,  # a missing parameter
    131009: _PERMANENT,  # a wrong value, or a message id that it does not know
    131021: _PERMANENT,  # to ourselves
    131026: _PERMANENT,  # the citizen has no WhatsApp, an old one, or has not agreed to its terms
    131049: _PERMANENT,  # marketing: this citizen has had enough of it today
    131050: _PERMANENT,  # marketing: this citizen wants none
    131051: _PERMANENT,  # a kind of message that it does not know
    131052: _PERMANENT,  # a citizen's file cannot be had
    131053: _PERMANENT,  # our file was not taken
    131062: _PERMANENT,  # not for citizens without a number
    132000: _PERMANENT,  # template: number of parameters
    132001: _PERMANENT,  # template: does not exist
    132005: _PERMANENT,  # template: too long
    132007: _PERMANENT,  # template: against a policy
    132012: _PERMANENT,  # template: format of a parameter
    132015: _PERMANENT,  # template: paused
    132016: _PERMANENT,  # template: disabled
    135000: _PERMANENT,  # something in our parameters
}


def verdict_of(code: str) -> Verdict | None:
    """Return what a code means; None when it is not known."""
    return VERDICTS.get(int(code)) if code.isascii() and code.isdigit() and len(code) < 10 else None
