"""From a bubble to messages as WhatsApp takes them. Pure.

Limits (whatsapp-providers reference, 2.4): text 4,096; body of a message with choices and caption of a file 1,024;
3 buttons of 20; 10 rows of 24 with a description of 72; ids of 256, of which we use 200.
"""

from collections.abc import Sequence
from typing import Protocol

from munbot_contracts.messages import Button

from munbot_whatsapp.deliveries.contents import Body, Content, StoredChoice
from munbot_whatsapp.deliveries.splitting import length, shortened, split, split_with_tail
from munbot_whatsapp.texts import resource

TEXT_LIMIT = 4096
BODY_LIMIT = 1024
BUTTONS, BUTTON_TITLE = 3, 20
ROWS, ROW_TITLE, ROW_DESCRIPTION = 10, 24, 72
ID_LIMIT = 200


class Looks(Protocol):
    """What of a provider decides how a message looks."""

    @property
    def shows_buttons(self) -> bool:
        """Whether it shows choices reliably; else they become a numbered text."""
        ...

    @property
    def text_limit(self) -> int:
        """Of one text."""
        ...


def render(content: Content, looks: Looks, *, as_template: bool = False) -> list[Body]:
    """Return the messages that say a content, in order; none for one that says nothing.

    Args:
        content: what is to be said.
        looks: the provider.
        as_template: send its template, not its words.
    """
    if as_template and content.template is not None:
        return [template_of(content)]
    text = content.text.strip()
    bodies = []
    if content.media is not None:
        captioned = content.media.kind != "audio" and not content.buttons and length(text) <= BODY_LIMIT
        bodies.append(Body(text=text if captioned else "", media=content.media))
        text = "" if captioned else text
    if content.location is not None:
        bodies.append(Body(location=content.location))
    if content.buttons:
        return bodies + _with_choices(text, content.buttons, looks)
    return bodies + [Body(text=piece) for piece in split(text, looks.text_limit)]


def template_of(content: Content, *, generation: int = 0) -> Body:
    """Return a content as its template, and in words for providers that have no templates.

    Args:
        content: one with a template; its words and buttons fit into one message.
        generation: how often the provider has refused what it takes the place of.
    """
    offered = _tidy(content.buttons)
    said = _menu(content.text.strip(), offered, TEXT_LIMIT)[0] if offered else Body(text=content.text.strip())
    return said.model_copy(update={"template": content.template, "generation": generation})


def _with_choices(text: str, buttons: Sequence[Button], looks: Looks) -> list[Body]:
    offered = _tidy(buttons)
    text = text or resource("outbound")["choose"]
    choices = (_buttons(offered) or _rows(offered)) if looks.shows_buttons else None
    if choices is None:
        return _menu(text, offered, looks.text_limit)
    *before, tail = split_with_tail(text, looks.text_limit, BODY_LIMIT)
    return [*(Body(text=piece) for piece in before), choices.model_copy(update={"text": tail})]


def _tidy(buttons: Sequence[Button]) -> list[Button]:
    return [Button(title=" ".join(button.title.split()), payload=button.payload) for button in buttons]


def _buttons(offered: Sequence[Button]) -> Body | None:
    if len(offered) > BUTTONS or any(length(button.title) > BUTTON_TITLE for button in offered):
        return None
    choices = [StoredChoice(id=button.payload, title=button.title) for button in offered]
    return Body(buttons=choices) if _acceptable(choices) else None


def _rows(offered: Sequence[Button]) -> Body | None:
    if len(offered) > ROWS or any(length(button.title) > ROW_DESCRIPTION for button in offered):
        return None
    choices = [
        StoredChoice(
            id=button.payload,
            title=shortened(button.title, ROW_TITLE),
            description=button.title if length(button.title) > ROW_TITLE else "",
        )
        for button in offered
    ]
    return Body(rows=choices, list_button=resource("outbound")["list_button"]) if _acceptable(choices) else None


def _acceptable(choices: Sequence[StoredChoice]) -> bool:
    """Whether providers take them: ids and titles that are there, differ, and are not too long."""
    ids, titles = {choice.id for choice in choices}, {choice.title for choice in choices}
    return (
        len(ids) == len(titles) == len(choices)
        and "" not in titles
        and all(choice_id.strip() and length(choice_id) <= ID_LIMIT for choice_id in ids)
    )


def _menu(text: str, offered: Sequence[Button], limit: int) -> list[Body]:
    lines = "\n".join(f"{number}. {button.title}" for number, button in enumerate(offered, start=1))
    pieces = split(f"{text}\n\n{lines}\n\n{resource('outbound')['answer_with_number']}", limit)
    return [*(Body(text=piece) for piece in pieces[:-1]), Body(text=pieces[-1], menu=list(offered))]
