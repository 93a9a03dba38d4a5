"""Pure rules of appointments: their life, their code, what strangers see of them."""

import secrets
from enum import StrEnum

ALPHABET = "CDFGHJKMNPQRTVWXY234679"
"""23 characters: no vowels (no words), and of those that look or sound alike at most one (0 O, 1 I, 2 Z, B V)."""
BODY_LENGTH = 7
_MODULUS = len(ALPHABET)  # prime, so that the weighted sum sees every slip of one character and every swap


class Status(StrEnum):
    """States of an appointment."""

    BOOKED = "booked"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    ATTENDED = "attended"
    NO_SHOW = "no_show"


LIVE = frozenset({Status.BOOKED, Status.CONFIRMED})

TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.BOOKED: frozenset({Status.CONFIRMED, Status.CANCELLED, Status.ATTENDED, Status.NO_SHOW}),
    Status.CONFIRMED: frozenset({Status.CANCELLED, Status.ATTENDED, Status.NO_SHOW}),
    Status.ATTENDED: frozenset({Status.NO_SHOW}),  # the two ends can be swapped: officials slip, too
    Status.NO_SHOW: frozenset({Status.ATTENDED}),
    Status.CANCELLED: frozenset(),
}


def may_become(status: Status, target: Status) -> bool:
    """Whether an appointment may go from one state to the other."""
    return target in TRANSITIONS[status]


def check_character(body: str) -> str:
    """Return the character that closes a code: a sum weighted by position, modulo the (prime) alphabet."""
    total = sum((position + 2) * ALPHABET.index(letter) for position, letter in enumerate(body))
    return ALPHABET[-total % _MODULUS]


def new_code() -> str:
    """Return a random code such as `H7KQ-3M2X`; its last character checks the others."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(BODY_LENGTH))
    return _grouped(body + check_character(body))


def normalise_code(text: str) -> str:
    """Return a code in its one form, from what somebody typed or dictated.

    Raises:
        ValueError: it cannot be a code, or a character of it is wrong.
    """
    letters = "".join(character for character in text.upper() if character.isalnum())
    if len(letters) != BODY_LENGTH + 1 or any(letter not in ALPHABET for letter in letters):
        msg = "not a code"
        raise ValueError(msg)
    if check_character(letters[:-1]) != letters[-1]:
        msg = "the check character does not fit"
        raise ValueError(msg)
    return _grouped(letters)


def _grouped(letters: str) -> str:
    return f"{letters[:4]}-{letters[4:]}"


def new_token() -> str:
    """Return the secret of a link: 128 random bits."""
    return secrets.token_urlsafe(16)


def mask_rut(rut: str) -> str:
    """Return a RUT of which only the last four characters can be read: `•••••903-2`."""
    return "•" * max(len(rut) - 5, 0) + rut[-5:]


def mask_name(name: str) -> str:
    """Return the first name and initials: `Marcela S.`."""
    first, *rest = name.split() or [""]
    return " ".join([first, *(f"{word[0]}." for word in rest[:1])])


def mask_phone(phone: str | None) -> str | None:
    """Return a telephone number of which only the last four digits can be read."""
    return None if phone is None else "•" * max(len(phone) - 4, 0) + phone[-4:]


def mask_email(email: str | None) -> str | None:
    """Return an address with only its first letter and its domain."""
    if email is None:
        return None
    user, _, domain = email.partition("@")
    return f"{user[:1]}•••@{domain}"
