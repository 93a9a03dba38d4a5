"""When to try again, and what a tracker tells of an earlier try."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

BACKOFF_SECONDS = (1, 2, 4, 8, 16, 30)
FAILED_TRIES_LIMIT = 5
TIMEOUT_LOOKS = 3


@dataclass(frozen=True, slots=True)
class Reply:
    """One bubble as Rasa gave it."""

    text: str = ""
    buttons: tuple[tuple[str, str], ...] = ()
    image: str | None = None
    custom: dict[str, Any] | None = field(default=None, hash=False)

    @property
    def button_objects(self) -> list[dict[str, str]]:
        """The buttons as they are stored and sent."""
        return [{"title": title, "payload": payload} for title, payload in self.buttons]


class InvalidReply(ValueError):
    """Rasa answered something that is no list of responses."""


def backoff(attempts: int) -> timedelta:
    """Return how long to wait after the `attempts`-th try (from 1): 1, 2, 4, 8, 16, then every 30 s."""
    return timedelta(seconds=BACKOFF_SECONDS[min(max(attempts, 1), len(BACKOFF_SECONDS)) - 1])


def parse_replies(body: Any) -> list[Reply]:
    """Return the bubbles of a Rasa REST channel answer: `[{text?, buttons?, image?, custom?}]`.

    Raises:
        InvalidReply: it has another shape.
    """
    if not isinstance(body, list):
        msg = "not a list"
        raise InvalidReply(msg)
    replies = [_reply(item) for item in body]
    return [reply for reply in replies if reply.text or reply.buttons or reply.image or reply.custom]


def _reply(item: Any) -> Reply:
    if not isinstance(item, dict):
        msg = "not an object"
        raise InvalidReply(msg)
    text, buttons, image, custom = (item.get(name) for name in ("text", "buttons", "image", "custom"))
    if text is not None and not isinstance(text, str):
        msg = "text is not a string"
        raise InvalidReply(msg)
    return Reply(
        text=(text or "").strip(),
        buttons=_buttons(buttons),
        image=image if isinstance(image, str) else None,
        custom=custom if isinstance(custom, dict) else None,
    )


def _buttons(raw: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(raw, list):
        return ()
    found = []
    for item in raw:
        if isinstance(item, dict) and isinstance(item.get("title"), str):
            payload = item.get("payload")
            found.append((item["title"], payload if isinstance(payload, str) else item["title"]))
    return tuple(found)


def replies_in_tracker(events: Sequence[Any], message_id: str) -> list[Reply] | None:
    """Return what the bot said to a message, by Rasa's tracker; None when the message never arrived there.

    Args:
        events: the tracker's events, oldest first.
        message_id: our id, sent as `metadata.message_id`.
    """
    replies: list[Reply] | None = None
    for event in events:
        if not isinstance(event, dict):
            continue
        if event.get("event") == "user":
            if replies is not None:
                break
            if (event.get("metadata") or {}).get("message_id") == message_id:
                replies = []
        elif event.get("event") == "bot" and replies is not None:
            data = event.get("data") or {}
            replies.append(
                Reply(
                    text=(event.get("text") or "").strip(),
                    buttons=_buttons(data.get("buttons")),
                    image=data.get("image") if isinstance(data.get("image"), str) else None,
                    custom=data.get("custom") if isinstance(data.get("custom"), dict) else None,
                )
            )
    return replies
