"""Plain text, and any text that comes page by page."""

from collections.abc import Sequence

from munbot_llm.documents.assembly import Assembler
from munbot_llm.documents.blocks import Block, Kind, Level, heading
from munbot_llm.documents.furniture import without_furniture
from munbot_llm.documents.lines import PAGE_BREAK
from munbot_llm.documents.pages import Pages, pages_of
from munbot_llm.documents.titles import usual_forms
from munbot_llm.documents.words import resource


def read_text(text: str) -> list[Block]:
    """Return the blocks of a plain text."""
    return blocks_of_pages(pages_of(text))


def blocks_of_pages(pages: Pages) -> list[Block]:
    """Return the blocks of a text in pages, without their furniture."""
    cleaned = without_furniture(pages.pages, paged=pages.paged)
    lines = _joined(cleaned.pages)
    blocks = Assembler(lines, usual_forms("\n".join(lines))).run()
    if cleaned.contacts:
        blocks.append(heading(str(resource("es")["headings"]["contact"]), Level.ACT))
        blocks.extend(Block(Kind.PARAGRAPH, line) for line in cleaned.contacts)
    return blocks


def _joined(pages: Sequence[Sequence[str]]) -> list[str]:
    lines: list[str] = []
    for page in pages:
        if lines:
            lines.append(PAGE_BREAK)
        lines.extend(page)
    return lines
