"""What citizens read, in Spanish."""

import json
from functools import cache
from importlib.resources import files


@cache
def _texts() -> dict[str, str]:
    loaded: dict[str, str] = json.loads(files(__package__).joinpath("es-CL.json").read_text(encoding="utf-8"))
    return loaded


def say(key: str, **values: object) -> str:
    """Return the text of this key with its values put in."""
    return _texts()[key].format(**values)
