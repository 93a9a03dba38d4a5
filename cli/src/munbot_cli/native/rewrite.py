"""Turn what a container sees (service names, mounted folders) into what a native process sees."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["fill", "rewrite_addresses", "rewrite_paths"]

_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{(?P<name>[a-z_]+)(?:\[(?P<key>[^\]]+)\])?\}")


def rewrite_addresses(text: str, ports: Mapping[str, int]) -> str:
    """Point every ``service:port`` at loopback.

    Args:
        text: a setting's value, such as a URL.
        ports: native port by ``service:port``.

    Returns:
        The text; names that only contain a service's name stay as they are.
    """
    names = sorted((key for key in ports if key.rpartition(":")[2].isdigit()), key=len, reverse=True)
    if not names:
        return text
    pattern = re.compile(r"(?<![\w.\-])(" + "|".join(map(re.escape, names)) + r")(?!\d)")
    return pattern.sub(lambda found: f"127.0.0.1:{ports[found.group(1)]}", text)


def rewrite_paths(text: str, folders: Mapping[str, str]) -> str:
    """Replace the folders of the container by those of this machine.

    Args:
        text: a setting's value that may begin with, or hold after ``=``, a path of the container.
        folders: path here by path in the container; the longest match wins.
    """
    for inside in sorted(folders, key=len, reverse=True):
        pattern = re.compile(r"(?<![\w/.\-])" + re.escape(inside) + r"(?=/|$|[\s\"',;:])")
        text = pattern.sub(lambda _, here=folders[inside]: here, text)  # type: ignore[misc]
    return text


def fill(text: str, values: Mapping[str, str | Mapping[str, str]]) -> str:
    """Fill the placeholders of config/native.yml: ``{data}``, ``{port[redis:6379]}``; ``{{`` and ``}}`` are braces.

    Raises:
        KeyError: a placeholder has no value.
    """

    def value(found: re.Match[str]) -> str:
        if found.group() in {"{{", "}}"}:
            return found.group()[0]
        name, key = found["name"], found["key"]
        entry = values[name]
        if key is None:
            if not isinstance(entry, str):
                raise KeyError(name)
            return entry
        if isinstance(entry, str):
            raise KeyError(f"{name}[{key}]")
        return entry[key]

    return _PLACEHOLDER.sub(value, text)
