"""Shapes of the knowledge endpoints."""

from collections.abc import Sequence
from typing import Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from munbot_llm.documents.passages import Passage
from munbot_llm.fields import Paragraph, Question
from munbot_llm.knowledge.models import Kind, KnowledgeDocument
from munbot_llm.knowledge.rules import PAIR_PREFIX


class DocumentOut(BaseModel):
    """A document, or a question/answer pair, at its present version."""

    id: str
    kind: Kind
    title: str
    filename: str = Field(description="As it was uploaded; empty for a pair")
    sha256: str
    size: int = Field(description="Bytes of the file; 0 for a pair")
    version: int
    uploaded_by: str
    uploaded_at: AwareDatetime
    passages: int = Field(description="How many passages can be found and quoted")
    warnings: list[str] = Field(description="What the import noticed, in Spanish")
    indexed: bool = Field(description="False while the index is still being built; answers follow soon")

    @classmethod
    def of(cls, document: KnowledgeDocument, *, indexed: bool) -> Self:
        """Return how a stored document is shown."""
        return cls(
            id=document.id,
            kind=document.kind,
            title=document.title,
            filename=document.filename,
            sha256=document.sha256,
            size=document.size,
            version=document.version,
            uploaded_by=document.uploaded_by,
            uploaded_at=document.uploaded_at,
            passages=len(document.passages),
            warnings=list(document.warnings),
            indexed=indexed,
        )


class UploadedDocument(DocumentOut):
    """What an upload became."""

    created: bool = Field(description="False when these very bytes are the present version already")


class DocumentPage(BaseModel):
    """Newest first."""

    items: list[DocumentOut]
    total: int
    next_cursor: str | None


class PassageOut(BaseModel):
    """A piece of a document that can be found and quoted."""

    position: int
    article: str
    headings: list[str]
    text: str
    questions: list[str]

    @classmethod
    def of(cls, passage: Passage) -> Self:
        """Return how a passage is shown."""
        return cls(
            position=passage.position,
            article=passage.article,
            headings=list(passage.headings),
            text=passage.text,
            questions=list(passage.questions),
        )


class PassagePage(BaseModel):
    """In the order of the document."""

    items: list[PassageOut]
    total: int


class VersionOut(BaseModel):
    """What a document was at one version."""

    version: int
    title: str
    filename: str
    sha256: str
    size: int
    uploaded_by: str
    uploaded_at: AwareDatetime
    passages: int

    @classmethod
    def of(cls, document: KnowledgeDocument) -> Self:
        """Return how a version is shown."""
        return cls(
            version=document.version,
            title=document.title,
            filename=document.filename,
            sha256=document.sha256,
            size=document.size,
            uploaded_by=document.uploaded_by,
            uploaded_at=document.uploaded_at,
            passages=len(document.passages),
        )


class DocumentVersions(BaseModel):
    """Newest first."""

    items: list[VersionOut]


class PairBody(BaseModel):
    """A question and its answer as an official writes them."""

    model_config = ConfigDict(extra="forbid")

    question: Question = Field(examples=["¿Hasta qué hora atienden los viernes?"])
    also: list[Question] = Field(default_factory=list, max_length=30, description="Other ways to ask it")
    answer: Paragraph = Field(examples=["Los viernes atendemos de 8:30 a 14:00."])


class PairOut(BaseModel):
    """A question/answer pair."""

    id: str
    document_id: str = Field(description="Its id among the documents")
    question: str
    also: list[str]
    answer: str
    version: int
    uploaded_by: str
    uploaded_at: AwareDatetime
    indexed: bool = Field(description="False while the index is still being built; answers follow soon")

    @classmethod
    def of(cls, document: KnowledgeDocument, *, indexed: bool) -> Self:
        """Return how a stored pair is shown."""
        passage = document.passages[0]
        return cls(
            id=document.id.removeprefix(PAIR_PREFIX),
            document_id=document.id,
            question=document.title,
            also=list(passage.questions[1:]),
            answer=passage.text,
            version=document.version,
            uploaded_by=document.uploaded_by,
            uploaded_at=document.uploaded_at,
            indexed=indexed,
        )


class WrittenPair(PairOut):
    """What writing a pair led to."""

    created: bool = Field(description="False when it said just this already")


class PairPage(BaseModel):
    """Newest first."""

    items: list[PairOut]
    total: int
    next_cursor: str | None


class ReindexStarted(BaseModel):
    """Documents are being cut anew from their files; answers go on meanwhile."""

    documents: int


class SearchBody(BaseModel):
    """What to look for, as a citizen would ask it."""

    model_config = ConfigDict(extra="forbid")

    question: Question
    k: int = Field(default=5, ge=1, le=20, description="How many passages at most")


class FoundPassage(PassageOut):
    """A passage with its score."""

    document_id: str
    document: str
    score: float


class FoundPassages(BaseModel):
    """Best first."""

    items: list[FoundPassage]


def pair_passage(document_id: str, document: str, body: PairBody) -> Passage:
    """Return a pair as the passage that is searched and quoted."""
    also: Sequence[str] = [other for other in dict.fromkeys(body.also) if other != body.question]
    return Passage(
        document_id=document_id,
        document=document,
        article=body.question,
        headings=(body.question,),
        text=body.answer,
        position=0,
        questions=(body.question, *also),
    )
