"""What a message says: the words that the dialogue is asked, and what the hub answers by itself."""

from collections.abc import Callable
from dataclasses import dataclass

from munbot_conversations.messages.rules import as_typed, for_dialogue
from munbot_conversations.texts import texts
from munbot_conversations.turns.answers import Bubble
from munbot_conversations.turns.repository import Turn
from munbot_conversations.turns.rules import Reply

SHARE_FILE = "/share_file"
SHARE_LOCATION = "/share_location"
"""What the dialogue is asked when a file or a point came without words; which one stands in the metadata."""

READ_BACK_LIMIT = 600


@dataclass(frozen=True, slots=True)
class Heard:
    """What a message comes to.

    `words` is for the dialogue; without any it is not asked. `says` comes before its answer, or in its place.
    """

    words: str = ""
    says: tuple[Bubble, ...] = ()


def hear(turn: Turn, *, offered: Callable[[], frozenset[str]], limit: int, sure: float) -> Heard:
    """Return what a message says.

    Args:
        turn: the message.
        offered: gives the payloads that were offered lately in this conversation.
        limit: characters that the dialogue is shown.
        sure: the least confidence at which a transcript is acted on.
    """
    if turn.opt:
        return _say(texts()["opt"][turn.opt])
    if turn.media_problem or turn.media_pending:
        return _problem(turn)
    if turn.transcript is not None:
        return _voice(turn, limit=limit, sure=sure)
    payloads = offered() if turn.payload is not None else frozenset[str]()
    words = for_dialogue(text=turn.text, payload=turn.payload, offered=payloads, limit=limit) or _shared(turn)
    return Heard(words) if words else _say(texts()["not_text"].get(turn.kind) or texts()["empty"])


def _shared(turn: Turn) -> str:
    if turn.media is not None and turn.kind in {"image", "document"}:
        return SHARE_FILE
    return SHARE_LOCATION if turn.location is not None else ""


def _voice(turn: Turn, *, limit: int, sure: float) -> Heard:
    said = as_typed(turn.transcript or "", limit)
    if not said:
        return _problem(turn)
    shown = said if len(said) <= READ_BACK_LIMIT else said[: READ_BACK_LIMIT - 1] + "…"
    if turn.transcript_confidence is not None and turn.transcript_confidence < sure:
        return _say(texts()["voice"]["unsure"].format(said=shown))
    return Heard(said, (_bubble(texts()["voice"]["heard"].format(said=shown)),))


def _problem(turn: Turn) -> Heard:
    """Say kindly why a file could not be taken; one that has not come by now is `unavailable`."""
    kind = "voice" if turn.kind == "audio" else "file"
    default = "unavailable" if turn.media_pending else "not_understood"
    problems: dict[str, str] = texts()[kind]
    return _say(problems.get(turn.media_problem or default) or problems["unavailable"])


def _say(text: str) -> Heard:
    return Heard(says=(_bubble(text),))


def _bubble(text: str) -> Bubble:
    return Bubble(Reply(text=text))
