"""A button's words, typed, do what the button does."""

import json
from dataclasses import replace
from typing import Any

from munbot_actions.protocol import Turn
from munbot_actions.understanding.normalise import words


def pressed_by_words(turn: Turn, offered: dict[str, str]) -> Turn:
    """Return the turn as if the button had been pressed whose title was typed; else the turn as it is.

    Args:
        turn: the message.
        offered: titles and payloads of the bot's last buttons.
    """
    said = words(turn.text[:80])
    if turn.pressed or not said:
        return turn
    fitting = [payload for title, payload in offered.items() if _means(said, words(title))]
    if len(fitting) != 1:
        return turn
    intent, entities = read_payload(fitting[0])
    return replace(turn, text=fitting[0], intent=intent, confidence=1.0, entities=entities, pressed=True)


def read_payload(payload: str) -> tuple[str, dict[str, Any]]:
    """Return a payload's intent and entities."""
    intent, brace, rest = payload.removeprefix("/").partition("{")
    return intent, json.loads(brace + rest) if brace else {}


def _means(said: list[str], title: list[str]) -> bool:
    """Tell whether the title itself was typed, or at least two words that it begins with."""
    return said == title or (len(said) > 1 and said == title[: len(said)])
