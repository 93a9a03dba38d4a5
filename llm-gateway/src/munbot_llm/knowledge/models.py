"""A document of a tenant as `document.json` keeps it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from munbot_llm.documents.passages import Passage

FORMAT_VERSION = 1

Kind = Literal["document", "pair"]


class DocumentUnreadable(Exception):
    """A `document.json` that this version cannot read: damaged, or written by a later one."""


@dataclass(frozen=True, slots=True)
class KnowledgeDocument:
    """One version of a document or of a question/answer pair, with the passages that answers quote.

    Attributes:
        tenant: whose it is.
        id: stable through all versions.
        kind: a file, or one pair.
        title: what people call it.
        filename: as it was uploaded; empty for a pair.
        sha256: of the file, or of the pair's texts.
        size: bytes of the file; 0 for a pair.
        version: from 1.
        uploaded_by: the subject of the token.
        uploaded_at: when.
        source_version: the object store's version of the file these passages were cut from; empty for a pair.
        passages: in the order of the document.
        warnings: what an importer wants the office to know, in Spanish.
        seed_sha256: of the demo's file it was made from; None once somebody uploaded their own.
        format_version: of this shape.
    """

    tenant: str
    id: str
    kind: Kind
    title: str
    filename: str
    sha256: str
    size: int
    version: int
    uploaded_by: str
    uploaded_at: datetime
    source_version: str
    passages: tuple[Passage, ...]
    warnings: tuple[str, ...] = ()
    seed_sha256: str | None = None
    format_version: int = FORMAT_VERSION

    @property
    def suffix(self) -> str:
        """The file name's ending, such as `.pdf`."""
        return self.filename[self.filename.rfind(".") :].lower() if "." in self.filename else ""


_ADAPTER = TypeAdapter(KnowledgeDocument)


def encode(document: KnowledgeDocument) -> bytes:
    """Return the content of `document.json`."""
    return _ADAPTER.dump_json(document)


def decode(data: bytes) -> KnowledgeDocument:
    """Read the content of a `document.json`.

    Raises:
        DocumentUnreadable: damaged, or of a later format.
    """
    try:
        document = _ADAPTER.validate_json(data)
    except ValidationError as error:
        raise DocumentUnreadable(f"{error.error_count()} errors") from error
    if document.format_version > FORMAT_VERSION:
        raise DocumentUnreadable(f"format {document.format_version} is later than {FORMAT_VERSION}")
    return document
