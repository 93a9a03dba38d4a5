"""How large a document may be, before and after it is expanded."""

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one import.

    Attributes:
        file_bytes: of the file as it comes.
        expanded_bytes: of a DOCX archive or a PDF's streams, expanded.
        pages: of a PDF.
        characters: of the text.
        pairs: questions with answers in one file.
        seconds: of a PDF's reading, looked at after every page.
    """

    file_bytes: int = 20 * MEGABYTE
    expanded_bytes: int = 120 * MEGABYTE
    pages: int = 1000
    characters: int = 2_000_000
    pairs: int = 5000
    seconds: float = 60.0


DEFAULT_LIMITS = Limits()
