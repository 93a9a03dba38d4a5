"""Why a document cannot be taken; the sentences are in `resources/es.yml`."""

from typing import Any

from munbot_common.problems import PayloadTooLarge, Problem, Unprocessable

from munbot_llm.documents.words import resource


class DocumentUnusable(Unprocessable):
    """The file can be received and not used."""


class DocumentCorrupt(DocumentUnusable):
    """Broken, encrypted or hostile."""

    code = "document_corrupt"
    title = "El documento está dañado"


class DocumentWithoutText(DocumentUnusable):
    """A scan: pages, no letters."""

    code = "document_without_text"
    title = "El documento no contiene texto"


class DocumentKindUnsupported(DocumentUnusable):
    """Judged by its content, not by its name."""

    code = "document_kind_unsupported"
    title = "Tipo de documento no admitido"


class DocumentEmpty(DocumentUnusable):
    """Nothing that a citizen could be told."""

    code = "document_empty"
    title = "El documento está vacío"


class DocumentTooLarge(PayloadTooLarge):
    """In bytes, in pages, or once expanded."""

    code = "document_too_large"
    title = "El documento es demasiado grande"


PROBLEMS: tuple[type[Problem], ...] = (
    DocumentCorrupt,
    DocumentWithoutText,
    DocumentKindUnsupported,
    DocumentEmpty,
    DocumentTooLarge,
)
"""What a route that imports a document declares."""


def detail(key: str, **values: Any) -> str:
    """Return the Spanish sentence `key`, its values filled in."""
    return str(resource("es")["details"][key]).format(**values)


def warning(key: str, **values: Any) -> str:
    """Return the Spanish warning `key`, its values filled in."""
    return str(resource("es")["warnings"][key]).format(**values)
