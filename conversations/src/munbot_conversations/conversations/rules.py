"""Who may speak: the bot or a person."""

from datetime import datetime, timedelta

NOWHERE = "erased:"
"""How the address of a conversation begins that was erased: nobody is behind it."""


def silence_is_over(mode: str, human_until: datetime | None, now: datetime) -> bool:
    """Tell whether a person's turn has run out, so that the bot may speak again."""
    return mode == "human" and human_until is not None and human_until <= now


def bot_may_speak(*, status: str, mode: str, human_until: datetime | None, now: datetime) -> bool:
    """Tell whether the bot may answer in a conversation in this state."""
    return status == "open" and (mode == "bot" or silence_is_over(mode, human_until, now))


def starts_anew(last_message_at: datetime | None, now: datetime, idle: timedelta) -> bool:
    """Tell whether so long a silence has passed that the dialogue begins afresh."""
    return last_message_at is not None and now - last_message_at >= idle


def dialogue_sender(conversation_id: object, session_number: int) -> str:
    """Return the name under which Rasa keeps this dialogue's tracker."""
    return f"{conversation_id}.{session_number}"
