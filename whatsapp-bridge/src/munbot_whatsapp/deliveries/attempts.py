"""When a message that was not sent is tried again. Pure.

Three quick tries (0.2 to 2 seconds apart) are one round; between rounds the message waits in its lane: 10 seconds, a
minute, then five minutes each, for at most a day. Every wait is taken at random from 80 to 120 %, so that what failed
together does not come back together.
"""

import random
from datetime import timedelta

from munbot_whatsapp.providers.base import Decision, SendFailed

QUICK_TRIES = 3
LIFETIME = timedelta(hours=24)
_ROUNDS = (10.0, 60.0, 300.0)
_CITIZEN = (6.0, 12.0, 30.0, 60.0)  # Meta: about one message in 6 seconds to the same citizen (131056)
_ACCOUNT = (30.0, 120.0, 600.0)

_random = random.SystemRandom()


def quick_pause(tried: int) -> float:
    """Return the seconds until the next quick try, after `tried` of them."""
    return _jittered(0.25 * 4.0 ** (tried - 1))


def is_quick(error: SendFailed, tried: int) -> bool:
    """Whether to try again at once: it may pass, and the provider surely has not taken it."""
    soon = error.retry_after is None or error.retry_after <= 1.0
    return error.decision == Decision.RETRY and not error.uncertain and soon and tried < QUICK_TRIES


def pause(error: SendFailed, rounds: int) -> float:
    """Return the seconds until the next round, after `rounds` of them; at least what the provider asks for."""
    steps = {Decision.WAIT_CITIZEN: _CITIZEN, Decision.WAIT_ACCOUNT: _ACCOUNT}.get(error.decision, _ROUNDS)
    return max(_jittered(steps[min(max(rounds, 1), len(steps)) - 1]), error.retry_after or 0.0)


def _jittered(seconds: float) -> float:
    return seconds * _random.uniform(0.8, 1.2)
