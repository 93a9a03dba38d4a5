"""The Spanish that citizens read, from `resources/es.yml`."""

from functools import cache
from importlib.resources import files

import yaml


@cache
def _texts() -> dict[str, str]:
    loaded: dict[str, str] = yaml.safe_load(files(__package__).joinpath("resources", "es.yml").read_text("utf-8"))
    return loaded


def text(key: str) -> str:
    """Return one text, such as `text("unknown")`."""
    return _texts()[key].strip()
