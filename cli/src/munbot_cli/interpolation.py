"""Compose's variable interpolation: ``$VAR``, ``${VAR}``, ``${VAR:-default}``, ``${VAR:?message}``, ``${VAR:+text}``.

Follows the Compose specification ("Interpolation"): defaults may nest, ``$$`` is a dollar sign, and the forms without
the colon look only at whether the variable is set.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from munbot_cli.errors import MunbotError

__all__ = ["interpolate", "interpolate_tree", "read_env_file"]

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OPERATORS = (":-", ":?", ":+", "-", "?", "+")


def interpolate(text: str, variables: Mapping[str, str]) -> str:
    """Replace the variables of one scalar.

    Args:
        text: a scalar of the compose file.
        variables: the values by name.

    Returns:
        The text with every variable replaced; an unknown one without a default becomes empty.

    Raises:
        MunbotError: a required variable is missing, or the syntax is broken.
    """
    result: list[str] = []
    position = 0
    while (dollar := text.find("$", position)) >= 0:
        result.append(text[position:dollar])
        after = text[dollar + 1 : dollar + 2]
        if after == "$":
            result.append("$")
            position = dollar + 2
        elif after == "{":
            end = _closing_brace(text, dollar + 2)
            result.append(_expression(text[dollar + 2 : end], variables))
            position = end + 1
        elif name := _NAME.match(text, dollar + 1):
            result.append(variables.get(name.group(), ""))
            position = name.end()
        else:
            raise MunbotError(f"invalid interpolation in {text!r}: a lone $ is written $$")
    result.append(text[position:])
    return "".join(result)


def interpolate_tree(value: Any, variables: Mapping[str, str]) -> Any:
    """Interpolate every string value of a parsed YAML document, keys excepted."""
    if isinstance(value, str):
        return interpolate(value, variables)
    if isinstance(value, list):
        return [interpolate_tree(item, variables) for item in value]
    if isinstance(value, dict):
        return {key: interpolate_tree(item, variables) for key, item in value.items()}
    return value


def read_env_file(path: Path) -> dict[str, str]:
    """Read ``NAME=value`` lines; comments, blank lines, quotes and a trailing `` # comment`` are understood.

    Args:
        path: the file; one that does not exist holds nothing.

    Raises:
        MunbotError: a line is not an assignment.
    """
    values: dict[str, str] = {}
    if not path.is_file():
        return values
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        name, equals, value = line.removeprefix("export ").partition("=")
        name, value = name.strip(), value.strip()
        if not equals or not _NAME.fullmatch(name):
            raise MunbotError(f"{path}:{number} is not NAME=value")
        if value[:1] in {"'", '"'} and (close := value.find(value[0], 1)) > 0:
            values[name] = value[1:close]
        else:
            values[name] = re.sub(r"(^|\s)#.*$", "", value).rstrip()
    return values


def _closing_brace(text: str, start: int) -> int:
    depth, position = 1, start
    while position < len(text):
        if text.startswith("${", position):
            depth += 1
            position += 2
            continue
        if text[position] == "}":
            depth -= 1
            if depth == 0:
                return position
        position += 1
    raise MunbotError(f"invalid interpolation in {text!r}: a brace is not closed")


def _expression(body: str, variables: Mapping[str, str]) -> str:
    name = _NAME.match(body)
    if name is None:
        raise MunbotError(f"invalid interpolation ${{{body}}}: it names no variable")
    key, rest = name.group(), body[name.end() :]
    if not rest:
        return variables.get(key, "")
    operator = next((sign for sign in _OPERATORS if rest.startswith(sign)), None)
    if operator is None:
        raise MunbotError(f"invalid interpolation ${{{body}}}: unknown operator")
    argument = rest[len(operator) :]
    value = variables.get(key)
    present = bool(value) if operator.startswith(":") else value is not None
    match operator[-1]:
        case "-":
            return value or "" if present else interpolate(argument, variables)
        case "+":
            return interpolate(argument, variables) if present else ""
        case _:
            if present:
                return value or ""
            message = interpolate(argument, variables) or "it is required"
            raise MunbotError(f"{key} is not set: {message}")
