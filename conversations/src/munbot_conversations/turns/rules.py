"""When to try again, and what a tracker tells of an earlier try."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

BACKOFF_SECONDS = (1, 2, 4, 8, 16, 30)
FAILED_TRIES_LIMIT = 5
TIMEOUT_LOOKS = 3
INTENT_LIMIT = 80
NOTES = frozenset({"answer", "unanswered"})
"""What our actions put into `custom`, beside a bubble's text."""


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


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question for which the dialogue had no answer."""

    question: str
    intent: str | None = None
    confidence: float | None = None


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
    return _joined(reply for reply in replies if reply.text or reply.buttons or reply.image or reply.custom)


def _joined(replies: Iterable[Reply]) -> list[Reply]:
    """Put notes and images back to their bubble: Rasa's REST channel gives each as a response of its own."""
    found: list[Reply] = []
    for reply in replies:
        alone = not (reply.text or reply.buttons or reply.image)
        if reply == Reply(image=reply.image) and found and found[-1].text and found[-1].image is None:
            found[-1] = replace(found[-1], image=reply.image)
        elif alone and not NOTES.isdisjoint(reply.custom or ()) and found and found[-1].custom is None:
            found[-1] = replace(found[-1], custom=reply.custom)
        else:
            found.append(reply)
    return found


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


def unanswered_in(replies: Sequence[Reply]) -> Unanswered | None:
    """Return the question that the dialogue notes beside a bubble, in `custom.unanswered`; None for none."""
    for reply in replies:
        noted = (reply.custom or {}).get("unanswered")
        if isinstance(noted, dict) and isinstance(noted.get("question"), str):
            intent, confidence = noted.get("intent"), noted.get("confidence")
            return Unanswered(
                noted["question"],
                intent[:INTENT_LIMIT] if isinstance(intent, str) else None,
                confidence if isinstance(confidence, float) and 0 <= confidence <= 1 else None,
            )
    return None
