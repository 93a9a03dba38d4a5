"""The Spanish that people read, from `texts.yml`."""

from functools import lru_cache
from importlib.resources import files

import yaml


@lru_cache(maxsize=1)
def _texts() -> dict[str, dict[str, str]]:
    source = files("munbot_llm.knowledge").joinpath("texts.yml").read_text(encoding="utf-8")
    loaded: dict[str, dict[str, str]] = yaml.safe_load(source)
    return loaded


def text(group: str, key: str) -> str:
    """Return one text, such as `text("pairs", "document")`."""
    return _texts()[group][key]
