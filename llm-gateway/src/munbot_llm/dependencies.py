"""Everything the API is made of, built once and handed to the routes."""

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from munbot_llm.retrieval.embedder import Embedder
from munbot_llm.settings import ApiSettings


@dataclass(frozen=True, slots=True)
class Services:
    """The service's features. Each room adds its own."""

    settings: ApiSettings
    embedder: Embedder


def build_services(settings: ApiSettings) -> Services:
    """Put the features together."""
    return Services(settings=settings, embedder=Embedder())


def get_services(request: Request) -> Services:
    """Return what the lifespan built."""
    return cast("Services", request.app.state.services)


ServicesDep = Annotated[Services, Depends(get_services)]
"""The service's features."""
