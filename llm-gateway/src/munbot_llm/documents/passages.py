"""What an imported document becomes: titled passages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document that can be found and quoted.

    Attributes:
        document_id: the document's stable id, the same through its versions.
        document: the document's title or file name, as people know it.
        article: the nearest heading, cleaned («Artículo 43°. Grifos», «Costo»); empty without one.
        headings: all headings above the text, outermost first, `article` last.
        text: the office's words, cleaned, sentences whole, at most some 1,200 characters.
        position: the passage's place in its document, from 0.
        questions: for a question/answer pair, the ways in which citizens ask it; `text` is then the answer.
    """

    document_id: str
    document: str
    article: str
    headings: tuple[str, ...]
    text: str
    position: int
    questions: tuple[str, ...] = ()
