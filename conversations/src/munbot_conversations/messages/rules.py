"""What of a citizen's message may reach the dialogue, and in which words."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from munbot_contracts.messages import KnowledgeAnswer
from pydantic import ValidationError

STORED_TEXT_LIMIT = 10_000
PREVIEW_LIMIT = 160
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def storable(text: str) -> str:
    """Return text that PostgreSQL can store: without NUL and lone surrogates, cut at 10,000 characters."""
    return _SURROGATE.sub("\ufffd", text.replace("\x00", ""))[:STORED_TEXT_LIMIT]


def storable_json(value: Any) -> Any:
    """Return JSON values whose texts PostgreSQL can store, keys included."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable(str(name)): storable_json(item) for name, item in value.items()}
    return [storable_json(item) for item in value] if isinstance(value, list) else value


def answer_in(custom: dict[str, Any] | None) -> KnowledgeAnswer | None:
    """Return the answer from documents that the dialogue put beside a message; None for none, or for nonsense."""
    given = (custom or {}).get("answer")
    try:
        return KnowledgeAnswer.model_validate(given) if given is not None else None
    except ValidationError:
        return None


def preview(text: str) -> str:
    """Return the beginning of a message for lists, on one line."""
    return " ".join(text.split())[:PREVIEW_LIMIT]


def offered_payloads(buttons: Iterable[Sequence[dict[str, str]] | None]) -> frozenset[str]:
    """Return every payload that the given outbound messages offered."""
    return frozenset(button["payload"] for group in buttons for button in group or () if "payload" in button)


def as_typed(text: str, limit: int) -> str:
    """Return text as the dialogue may see it: never a command, never longer than `limit` characters.

    Rasa takes text that begins with "/" for an intent with entities; a citizen may not speak that language.
    """
    plain = text.strip()
    while plain[:1] in {"/", "\ufeff", "\u200b"}:
        plain = plain[1:].strip()
    return plain[:limit].strip()


def for_dialogue(*, text: str, payload: str | None, offered: frozenset[str], limit: int) -> str:
    """Return what Rasa is asked: the pressed button's payload if the bot offered it, else the words.

    Args:
        text: what the citizen wrote, or the title of the pressed button.
        payload: payload that the channel says was pressed.
        offered: payloads that the bot offered lately in this conversation.
        limit: characters that Rasa is shown.
    """
    if payload is not None and payload in offered:
        return payload
    return as_typed(text, limit)
