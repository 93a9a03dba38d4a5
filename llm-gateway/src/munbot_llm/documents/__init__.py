"""Office documents, cleaned and cut into passages."""

from munbot_llm.documents.blocks import Block, Kind
from munbot_llm.documents.cutting import PASSAGE_LIMIT, passages_of
from munbot_llm.documents.importing import ImportedDocument, import_document, read
from munbot_llm.documents.limits import Limits
from munbot_llm.documents.passages import Passage
from munbot_llm.documents.sentences import sentences

__all__ = [
    "PASSAGE_LIMIT",
    "Block",
    "ImportedDocument",
    "Kind",
    "Limits",
    "Passage",
    "import_document",
    "passages_of",
    "read",
    "sentences",
]
