"""GET /v1/status: what works at the moment, for the dashboard and the command line."""

from typing import Literal

from fastapi import APIRouter
from munbot_common.problems import Forbidden, Unauthorized, problem_responses
from pydantic import BaseModel

from munbot_llm.dependencies import ServicesDep
from munbot_llm.knowledge.access import ReaderDep

router = APIRouter(prefix="/v1/status", tags=["status"])


class KnowledgeStatus(BaseModel):
    """The caller's tenant's documents."""

    documents: int
    pairs: int
    passages: int
    reindexing: bool


class ModelStatus(BaseModel):
    """The language model."""

    state: Literal["absent", "engine_missing", "loading", "ready", "failed"]
    name: str = ""
    reason: str = ""


class VoiceStatus(BaseModel):
    """The voice model."""

    state: Literal["absent", "idle", "loading", "ready", "failed"]
    name: str = ""
    reason: str = ""


class Status(BaseModel):
    """What works at the moment."""

    knowledge: KnowledgeStatus
    model: ModelStatus
    voice: VoiceStatus


@router.get("", responses=problem_responses(Unauthorized, Forbidden))
def read_status(principal: ReaderDep, services: ServicesDep) -> Status:
    """Return how many documents the caller's tenant has, and how the models are."""
    model, voice = services.models.status, services.voice.condition()
    documents = services.book.documents(principal.tenant).values()
    return Status(
        knowledge=KnowledgeStatus(
            documents=sum(document.kind == "document" for document in documents),
            pairs=sum(document.kind == "pair" for document in documents),
            passages=sum(len(document.passages) for document in documents),
            reindexing=services.knowledge.is_reindexing(principal.tenant),
        ),
        model=ModelStatus(state=model.state.value, name=model.name, reason=model.reason),
        voice=VoiceStatus(state=voice.state, name=voice.name, reason=voice.reason),
    )
