"""Everything the API is made of, built once and handed to the routes."""

from dataclasses import dataclass
from typing import Annotated, cast

from anyio import CapacityLimiter
from fastapi import Depends, Request
from munbot_common.audit import AuditBook
from munbot_common.client import ServiceClient
from munbot_common.clock import Clock, utc_now

from munbot_llm.answers.generation import GroundedGenerator
from munbot_llm.answers.generation_model import ModelTalker
from munbot_llm.answers.service import AnswerService
from munbot_llm.categories.service import CategoryService
from munbot_llm.knowledge.index_book import IndexBook
from munbot_llm.knowledge.service import KnowledgeService
from munbot_llm.knowledge.store import KnowledgeStore
from munbot_llm.knowledge.turns import EmbeddingTurns
from munbot_llm.knowledge.writer import DocumentWriter
from munbot_llm.models.approval import Approval
from munbot_llm.models.service import ModelService, build_model
from munbot_llm.retrieval.cache import EmbeddingCache
from munbot_llm.retrieval.embedder import Embedder
from munbot_llm.retrieval.index import TenantIndex
from munbot_llm.settings import ApiSettings
from munbot_llm.voice.service import VoiceService


@dataclass(frozen=True, slots=True)
class Services:
    """The service's features. Each room adds its own.

    Attributes:
        settings: of the process.
        embedder: questions and passages to vectors.
        embeddings: the same, kept in a file.
        turns: the same again, for indexes.
        book: the tenants' indexes.
        knowledge: documents and pairs.
        answers: questions to answers.
        models: the language model, or none.
        voice: voice notes to text.
        categories: suggestions for complaints.
        imports: one import at a time, as it takes a processor that answers need; who waits holds no thread.
        conversations: the hub, which keeps the audit log.
    """

    settings: ApiSettings
    embedder: Embedder
    embeddings: EmbeddingCache
    turns: EmbeddingTurns
    book: IndexBook
    knowledge: KnowledgeService
    answers: AnswerService
    models: ModelService
    voice: VoiceService
    categories: CategoryService
    imports: CapacityLimiter
    conversations: ServiceClient

    def start(self) -> None:
        """Begin to read the documents."""
        self.book.start()

    def close(self) -> None:
        """Stop what runs beside the requests."""
        self.turns.close()
        self.book.close()
        self.embeddings.close()
        self.conversations.close()


def build_services(settings: ApiSettings, clock: Clock = utc_now) -> Services:
    """Put the features together; nothing connects before `start`."""
    embedder = Embedder()
    embeddings = EmbeddingCache(settings.data_dir / "embeddings.sqlite", embedder)
    turns = EmbeddingTurns(embeddings)
    store = KnowledgeStore(settings)
    book = IndexBook(
        store,
        lambda passages: TenantIndex.build(passages, turns),
        sync_seconds=settings.sync_seconds,
        on_ready=turns.calm,
    )
    token = settings.service_token.get_secret_value() if settings.service_token else None
    conversations = ServiceClient(settings.conversations_url, token=token)
    models = ModelService(build_model(settings), deadline_seconds=settings.llm_deadline_seconds)
    return Services(
        settings=settings,
        embedder=embedder,
        embeddings=embeddings,
        turns=turns,
        book=book,
        knowledge=KnowledgeService(store, book, DocumentWriter(store, clock), AuditBook(conversations)),
        answers=AnswerService(_generator(settings, models)),
        models=models,
        voice=VoiceService(settings, settings.data_dir),
        categories=CategoryService(embeddings),
        imports=CapacityLimiter(1),
        conversations=conversations,
    )


def _generator(settings: ApiSettings, models: ModelService) -> GroundedGenerator | None:
    """Return who writes answers: a file that passed `eval model`; None: documents are quoted."""
    if settings.llm_model_path is None or not settings.llm_generate:
        return None
    approval = Approval(settings.llm_model_path, settings.llm_model_sha256)
    return GroundedGenerator(ModelTalker(models, approval, seconds=settings.llm_answer_seconds))


def get_services(request: Request) -> Services:
    """Return what the lifespan built."""
    return cast("Services", request.app.state.services)


ServicesDep = Annotated[Services, Depends(get_services)]
"""The service's features."""
