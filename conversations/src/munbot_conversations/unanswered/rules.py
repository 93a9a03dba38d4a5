"""How questions are counted as the same, and what of them may be kept."""

import re
import unicodedata

QUESTION_LIMIT = 500
NORMALISED_LIMIT = 300
SAMPLES = 5
"""Different wordings of a question that are kept."""
MASKS = ("[correo]", "[RUT]", "[número]")

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_RUT = re.compile(r"\b\d{1,2}\.?\d{3}\.?\d{3}\s*-\s*[\dkK]\b")
_LONG_NUMBER = re.compile(r"\+?\d[\d .-]{6,}\d")
_NOT_WORD = re.compile(r"[^\w\s]|_")


def without_personal_data(text: str) -> str:
    """Return text whose e-mails, RUTs and phone-like numbers are masked: a question list is read by many."""
    for pattern, mask in zip((_EMAIL, _RUT, _LONG_NUMBER), MASKS, strict=True):
        text = pattern.sub(mask, text)
    return text


def normalise(question: str) -> str:
    """Return the form under which equal questions are counted: no case, accents, punctuation or double spaces.

    What has no letters or digits at all (emoji) keeps its characters.
    """
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", question).casefold())
    masked = unicodedata.normalize("NFKD", without_personal_data(folded))
    plain = "".join(char for char in masked if not unicodedata.combining(char))
    words = " ".join(_NOT_WORD.sub(" ", plain).split())
    return (words or " ".join(masked.split()))[:NORMALISED_LIMIT]


def wordings(question: str, samples: list[str]) -> list[str]:
    """Return the other ways in which a question was asked in words, without those that name somebody."""
    others = (text for text in samples if text != question and any(char.isalnum() for char in text))
    return [text for text in others if not any(mask in text for mask in MASKS)]
