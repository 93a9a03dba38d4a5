"""Numbered text menus, where buttons cannot be shown: a citizen answers with a number."""

import re
from typing import Any

from munbot_whatsapp.deliveries.contents import Menu
from munbot_whatsapp.texts import plain

_NUMBER = re.compile(r"(?:la |el )?(?:opcion|numero|no|n)? ?(\d{1,3})")


def choice_of(menu: dict[str, Any] | None, text: str) -> str | None:
    """Return the payload of the option that a citizen's words choose, None when they choose none.

    `2`, `2.`, `2)`, `opción 2` and a keycap choose by number; the words of an option choose it too.

    Args:
        menu: `Citizen.menu`.
        text: what the citizen wrote.
    """
    if not menu:
        return None
    options = Menu.model_validate(menu).options
    words = plain(text)
    if match := _NUMBER.fullmatch(words):
        number = int(match[1])
        return options[number - 1].payload if 1 <= number <= len(options) else None
    return next((option.payload for option in options if words and plain(option.title) == words), None)
