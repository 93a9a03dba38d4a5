"""Who replays and discards dead letters is written into the hub's audit log, before anything is done."""

from typing import Literal

from munbot_common.audit import AuditBook
from munbot_common.auth import Principal

from munbot_web.operations.schemas import DeadLetter

Deed = Literal["replay", "discard"]


def note(book: AuditBook, admin: Principal, deed: Deed, queue: str, letters: list[DeadLetter]) -> None:
    """Note what an administrator is about to do with dead letters.

    Raises:
        AuditAway: it could not be noted.
    """
    book.note(
        admin,
        action=f"dead_letters.{deed}",
        object_type="queue",
        object_id=queue,
        before={"dead_letters": [_named(letter) for letter in letters]},
        after={"replayed" if deed == "replay" else "discarded": len(letters)},
    )


def _named(letter: DeadLetter) -> str:
    return f"{letter.type or '?'} {letter.id} ({letter.reason[:80]})"
