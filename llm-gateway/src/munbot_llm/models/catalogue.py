"""The catalogue of models, from `resources/catalogue.yml`."""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml


class UnknownModel(Exception):
    """No model of the catalogue has this name, and it is no address on a hub either."""


@dataclass(frozen=True, slots=True)
class CatalogueModel:
    """A model that can be fetched.

    Attributes:
        name: what a person types.
        title: its full name.
        publisher: who made it.
        repository: owner/name on the hub.
        file: pattern of the file's name there.
        licence: the licence's name.
        context: tokens that it was made for.
        download_gb: roughly, 10^9 bytes.
        memory_gb: roughly, with 4,096 tokens of context.
        languages: how well it knows Spanish.
        note: one more thing to know.
        checked: which of these facts were read at their source.
    """

    name: str
    title: str
    repository: str
    file: str
    publisher: str = ""
    licence: str = ""
    context: int = 0
    download_gb: float = 0.0
    memory_gb: float = 0.0
    languages: str = ""
    note: str = ""
    checked: tuple[str, ...] = ()


@cache
def catalogue() -> tuple[CatalogueModel, ...]:
    """Return the models, the smallest download first."""
    source = files("munbot_llm.models").joinpath("resources/catalogue.yml").read_text(encoding="utf-8")
    entries: list[dict[str, Any]] = yaml.safe_load(source)["models"]
    models = [CatalogueModel(**{**entry, "checked": tuple(entry.get("checked", ()))}) for entry in entries]
    return tuple(sorted(models, key=lambda model: model.download_gb))


def find_model(name: str) -> CatalogueModel:
    """Return the model of that name, or one that is named by its place on the hub: OWNER/REPOSITORY/FILE.gguf.

    Raises:
        UnknownModel: neither.
    """
    for model in catalogue():
        if model.name == name.lower():
            return model
    place = re.fullmatch(r"([\w.-]+/[\w.-]+)/([\w./*-]+\.gguf)", name)
    if place:
        return CatalogueModel(name=place[2], title=name, repository=place[1], file=place[2])
    raise UnknownModel(name)
