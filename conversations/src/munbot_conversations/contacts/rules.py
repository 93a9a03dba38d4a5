"""How contacts are found by words."""

import unicodedata

SEARCH_LIMIT = 600


def fold(text: str) -> str:
    """Return text without case and accents."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def search_text(*parts: str | None) -> str:
    """Return what a contact is found by: name, phone, addresses, RUT, e-mail, as far as they are known."""
    return fold(" ".join(part for part in parts if part))[:SEARCH_LIMIT]
