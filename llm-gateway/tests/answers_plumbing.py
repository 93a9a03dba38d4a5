"""The real model, and small documents written for these tests."""

import tempfile
from functools import cache
from pathlib import Path

from munbot_llm.documents.passages import Passage
from munbot_llm.retrieval.cache import EmbeddingCache
from munbot_llm.retrieval.embedder import Embedder
from munbot_llm.retrieval.index import TenantIndex

DOCUMENTS = {
    "Ordenanza de Aseo": {
        "Artículo 3°. Quemas": "Se prohíbe quemar basura, hojas o ramas en patios y calles. La multa es de 2 a 4 UTM.",
        "Artículo 5°. Recolección": "La basura se saca en bolsas cerradas los martes y los viernes, desde las 7:00.",
        "Artículo 9°. Escombros": "Para transportar escombros se pide autorización en la Dirección de Obras. El "
        "permiso dura 30 días y debe llevarse en el camión.",
    },
    "Ordenanza de Mascotas": {
        "Artículo 4°. Paseo": "Los perros circulan por la vía pública con correa y con su dueño. Los perros "
        "potencialmente peligrosos llevan además bozal.",
        "Artículo 7°. Fecas": "El dueño debe recoger las fecas de su mascota. No hacerlo se multa con 1 UTM.",
        "Artículo 8°. Ladridos": "El dueño responde por los ladridos que molesten a los vecinos durante la noche.",
    },
    "Manual de Ayudas Sociales": {
        "Artículo 2°. Solicitud": "La ayuda social se solicita en la Dirección de Desarrollo Comunitario:\n"
        "a) Con la cédula de identidad del solicitante.\nb) Con la cartola del Registro Social de Hogares.",
        "Artículo 6°. Pañales": "Se entregan como máximo dos paquetes de pañales al mes a las personas postradas.",
        "Artículo 11°. Funerales": "El aporte para servicios funerarios se paga al familiar que hizo el trámite.",
    },
}


def passages() -> list[Passage]:
    """Return the documents' passages, and a pair."""
    found = []
    for document, articles in DOCUMENTS.items():
        for position, (article, text) in enumerate(articles.items()):
            found.append(Passage(document, document, article, (document, article), text, position))
    pair = ("¿A qué hora atiende la municipalidad?", "¿Qué horario tiene la muni?")
    found.append(Passage("pairs", "Preguntas", pair[0], (pair[0],), "Atiende de 8:30 a 14:00 horas.", 0, pair))
    return found


@cache
def embedder() -> Embedder:
    """Return the model; loaded once."""
    return Embedder()


@cache
def embeddings() -> EmbeddingCache:
    """Return the model with a memory for this run."""
    return EmbeddingCache(Path(tempfile.mkdtemp()) / "vectors.sqlite", embedder())


@cache
def index() -> TenantIndex:
    """Return the documents' index."""
    return TenantIndex.build(passages(), embeddings())
