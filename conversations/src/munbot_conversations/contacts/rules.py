"""How contacts are found by words."""

import unicodedata

SEARCH_LIMIT = 600


def fold(text: str) -> str:
    """Return text without case and accents."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def search_text(name: str | None, phone: str | None, address: str) -> str:
    """Return what a contact is found by."""
    return fold(" ".join(part for part in (name, phone, address) if part))[:SEARCH_LIMIT]
