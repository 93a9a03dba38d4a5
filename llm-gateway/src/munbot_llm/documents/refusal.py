"""How the child process says that a file cannot be taken."""

from typing import Any


class Refused(Exception):
    """The file cannot be taken: a problem's code, the key of its sentence and the sentence's values."""

    def __init__(self, code: str, key: str, **values: Any) -> None:
        super().__init__(key)
        self.found = {"problem": code, "key": key, "values": values}
