"""The bubbles of one turn: at most two, each under 400 characters."""

from dataclasses import dataclass, field
from importlib import resources
from typing import Any

import yaml

MOST_BUBBLES = 2
LONGEST_BUBBLE = 396
MOST_BUTTONS = 5
LONGEST_TITLE = 60


@dataclass(frozen=True)
class Button:
    """A quick reply."""

    title: str
    payload: str


@dataclass
class Bubble:
    """One message of the bot."""

    text: str
    buttons: list[Button] = field(default_factory=list)
    custom: dict[str, Any] = field(default_factory=dict)
    """What stands beside the text for the platform: `answer` (where it is from), `unanswered` (a question)."""
    image: str = ""
    """Path of a picture of the office's catalogues; where there is none of that name, the words stand alone."""


class Texts:
    """What citizens read, from the YAML files of `munbot_actions.texts`; keys are `file.name`."""

    def __init__(self, texts: dict[str, Any]) -> None:
        self._texts = texts

    @classmethod
    def load(cls) -> "Texts":
        """Read the files that are shipped with the package."""
        found: dict[str, Any] = {}
        for file in resources.files("munbot_actions.texts").iterdir():
            if file.name.endswith(".yml"):
                found |= _flat(yaml.safe_load(file.read_text(encoding="utf-8")), file.name.removesuffix(".yml"))
        return cls(found)

    def get(self, key: str, **values: object) -> str:
        """Give a text with its values put in.

        Raises:
            KeyError: no such text, or a value is missing.
        """
        return str(self._texts[key]).strip().format(**values)

    def has(self, key: str) -> bool:
        """Tell whether there is such a text."""
        return key in self._texts


def _flat(tree: dict[str, Any], prefix: str) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in tree.items():
        name = f"{prefix}.{key}"
        flat |= _flat(value, name) if isinstance(value, dict) else {name: value}
    return flat


def pack(bubbles: list[Bubble]) -> list[Bubble]:
    """Join bubbles until there are at most two, and cut what is longer than a bubble may be.

    The last bubble, the question, stays whole; what leads to it is joined and shortened.
    """
    kept = [bubble for bubble in bubbles if bubble.text.strip()]
    if len(kept) > MOST_BUBBLES:
        *leads, last = kept
        kept = [_joined(leads), last]
    if len(kept) == MOST_BUBBLES and kept[0].buttons:
        kept[1].buttons = kept[1].buttons or kept[0].buttons
        kept[0].buttons = []
    return [Bubble(_cut(one.text), one.buttons[:MOST_BUTTONS], one.custom, one.image) for one in kept]


def _joined(bubbles: list[Bubble]) -> Bubble:
    """Join what fits into one bubble; of what is left out, nothing stands beside it either."""
    joined = Bubble("", next((b.buttons for b in reversed(bubbles) if b.buttons), []))
    for bubble in bubbles:
        longer = f"{joined.text}\n{bubble.text}" if joined.text else bubble.text
        if len(longer) > LONGEST_BUBBLE and joined.text:
            break
        joined.text = longer
        joined.custom |= bubble.custom
        joined.image = joined.image or bubble.image
    return joined


def _cut(text: str) -> str:
    if len(text) <= LONGEST_BUBBLE:
        return text
    head, _, _ = text[: LONGEST_BUBBLE - 1].rpartition(" ")
    return head.rstrip(" ,;:.") + "…"


def as_responses(bubbles: list[Bubble]) -> list[dict[str, Any]]:
    """Give the bubbles as Rasa wants them."""
    return [
        {
            "text": bubble.text,
            "buttons": [{"title": b.title[:LONGEST_TITLE], "payload": b.payload} for b in bubble.buttons],
            **({"custom": bubble.custom} if bubble.custom else {}),
            **({"image": bubble.image} if bubble.image else {}),
        }
        for bubble in bubbles
    ]
