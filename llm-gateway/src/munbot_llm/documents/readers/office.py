"""PDF and DOCX: what the child process found, as blocks."""

from typing import Any

from munbot_llm.documents.assembly import Assembler
from munbot_llm.documents.blocks import Block, Kind, heading
from munbot_llm.documents.furniture import without_furniture
from munbot_llm.documents.isolation import extracted
from munbot_llm.documents.limits import Limits
from munbot_llm.documents.outline import ranges
from munbot_llm.documents.pages import Pages
from munbot_llm.documents.problems import warning
from munbot_llm.documents.readers.markdown import row
from munbot_llm.documents.readers.plain import blocks_of_pages
from munbot_llm.documents.reading import Reading
from munbot_llm.documents.text import clean, one_line
from munbot_llm.documents.titles import usual_forms

_NAMED_NUMBERS = 20  # page numbers in a warning


def read_pdf(data: bytes, limits: Limits) -> Reading:
    """Return the blocks of a PDF with text; raises like `extracted`."""
    found = extracted("pdf", data, limits)
    pages = [clean(page).split("\n") for page in found["pages"]]
    reading = Reading(blocks_of_pages(Pages(pages, paged=True)), _telling(found["title"]))
    if found["without_text"]:
        key = "page_without_text" if len(found["without_text"]) == 1 else "pages_without_text"
        reading.warnings.append(
            warning(key, pages=len(found["without_text"]), numbers=ranges(found["without_text"], _NAMED_NUMBERS))
        )
    if found["broken"]:
        reading.warnings.append(
            warning("pages_broken", pages=len(found["broken"]), numbers=ranges(found["broken"], _NAMED_NUMBERS))
        )
    return reading


def read_docx(data: bytes, limits: Limits) -> Reading:
    """Return the blocks of a Word document; raises like `extracted`."""
    found = extracted("docx", data, limits)
    entries: list[dict[str, Any]] = found["entries"]
    lines: list[str | Block] = []
    for entry in entries:
        if entry["kind"] == "paragraph":
            lines.extend(line for part in clean(entry["text"]).split("\n") for line in (part, ""))
        else:
            lines.append(_block(entry))
    plain = [line for line in lines if isinstance(line, str)]
    kept = set(without_furniture([plain], paged=False).pages[0])
    blocks = Assembler(
        [line for line in lines if isinstance(line, Block) or line in kept], usual_forms("\n".join(plain))
    ).run()
    first = next((block for block in blocks if block.kind is Kind.HEADING), None)
    return Reading(blocks, _telling(found["title"]) or (first.text if first and first.level == 1 else ""))


def _block(entry: dict[str, Any]) -> Block:
    if entry["kind"] == "heading":
        return heading(one_line(entry["text"]), entry["level"])
    if entry["kind"] == "row":
        return row([one_line(name) for name in entry["names"]], [one_line(cell) for cell in entry["cells"]])
    return Block(Kind.ITEM, one_line(entry["text"]))


def _telling(title: str) -> str:
    """Return a file's own title unless it is what a program wrote: «Microsoft Word - Documento1», «escaneo.pdf»."""
    title = one_line(title)
    told = title.casefold()
    programs = (
        "microsoft word",
        "untitled",
        "sin título",
        "documento",
        "document",
        "powerpoint",
        "presentación",
        "scan",
    )
    if told.startswith(programs) or told.endswith((".pdf", ".doc", ".docx", ".txt", ".indd", ".xls", ".xlsx")):
        return ""
    return title if sum(letter.isalpha() for letter in title) >= 4 else ""
