"""Change settings in `.env` and leave everything else in it as a person wrote it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from munbot_cli.errors import MunbotError

__all__ = ["set_in_env_file", "with_settings"]


def with_settings(text: str, settings: Mapping[str, str]) -> str:
    """Give an env file's text with some settings changed.

    A line that sets one is changed where it stands, its comment kept; of several the last one counts, so the others
    go. What no line sets comes at the end.

    Args:
        text: the file's text.
        settings: value by name; an empty value stays as `NAME=`.

    Raises:
        MunbotError: a value that no line can hold.
    """
    for name, value in settings.items():
        if "\n" in value or ("'" in value and '"' in value):
            raise MunbotError(f"{name} cannot be written into .env: {value!r}")
    lines = text.splitlines()
    for name, value in settings.items():
        pattern = re.compile(rf"\s*(?:export\s+)?{re.escape(name)}\s*=")
        places = [place for place, line in enumerate(lines) if pattern.match(line)]
        comment = re.search(r"\s+#.*$", lines[places[-1]]) if places else None
        line = f"{name}={_quoted(value)}{comment.group() if comment else ''}"
        if places:
            lines[places[-1]] = line
            for place in reversed(places[:-1]):
                del lines[place]
        else:
            lines.append(line)
    return "\n".join(lines) + "\n"


def set_in_env_file(path: Path, settings: Mapping[str, str]) -> None:
    """Change settings in a file, whole or not at all; made where there is none.

    Raises:
        MunbotError: it cannot be written.
    """
    try:
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        fresh = path.with_name(f"{path.name}.new")
        fresh.touch(mode=path.stat().st_mode & 0o777 if path.is_file() else 0o600)
        fresh.write_text(with_settings(text, settings), encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        raise MunbotError(f"{path} cannot be written: {error.strerror}") from error


def _quoted(value: str) -> str:
    if not re.search(r"[\s#'\"$]", value):
        return value
    return f'"{value}"' if "'" in value else f"'{value}'"
