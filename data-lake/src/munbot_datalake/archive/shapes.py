"""What the archive keeps of each event type, read from the marks in its contract (munbot_contracts.privacy)."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

import pyarrow as pa
from munbot_contracts import EVENT_TYPES
from munbot_contracts.privacy import CODE, LINKABLE, MARK

CODE_PATTERN = re.compile(r"[a-z][a-z0-9_.]{0,59}")
_TYPES = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date-time": pa.timestamp("us", tz="UTC"),
    "date": pa.date32(),
}
_SAFE_FORMATS = frozenset({"uuid", "date-time", "date"})

COMMON = pa.schema(
    [
        pa.field("event_id", pa.string(), nullable=False),
        pa.field("tenant", pa.string(), nullable=False),
        pa.field("type", pa.string(), nullable=False),
        pa.field("time", _TYPES["date-time"], nullable=False),
        pa.field("source", pa.string()),
        pa.field("subject", pa.string()),
        pa.field("correlation_id", pa.string()),
    ]
)
"""Columns that every event has, first in every file."""


class Treatment(StrEnum):
    """What becomes of a value."""

    KEPT = "kept"
    PSEUDONYM = "pseudonym"
    CODE = "code"
    LISTED = "listed"  # a list: each of its items by its own columns, as JSON
    LEFT_OUT = "left out"


@dataclass(frozen=True, slots=True)
class Column:
    """One value of an event: where it stands in `data`, its name and type in the archive, what becomes of it."""

    name: str
    path: tuple[str, ...]
    type: pa.DataType
    treatment: Treatment
    items: tuple["Column", ...] = ()


@cache
def columns_of(event_type: str) -> tuple[Column, ...]:
    """Return what is kept of an event type's data; nothing of an unknown type.

    Values that no mark speaks of are kept when they cannot hold words of a person: numbers, truths, moments, our own
    identifiers, words of a fixed list. Other text is left out.
    """
    model = EVENT_TYPES.get(event_type)
    if model is None:
        return ()
    schema = model.model_json_schema(mode="serialization")
    return tuple(_agreed(_of_object(schema, schema.get("$defs", {}), ())))


@cache
def schema_of(event_type: str) -> pa.Schema:
    """Return the schema of an event type's files."""
    own = [pa.field(column.name, column.type) for column in columns_of(event_type)]
    return pa.schema([*COMMON, *own])


def view_name(event_type: str) -> str:
    """Return the name by which questions know a type: `appointment_booked`, and `…_v2` from its second version on."""
    context, fact, version = event_type.split(".")[1:4]
    return f"{context}_{fact}" + ("" if version == "v1" else f"_{version}")


def _of_object(schema: Mapping[str, Any], definitions: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[Column]:
    for name, given in schema.get("properties", {}).items():
        for option in _options(given, definitions):
            yield from _of_value(option, definitions, (*path, name))


def _options(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the shapes that a value may have, with the field's own mark upon each."""
    mark = {MARK: schema[MARK]} if MARK in schema else {}
    if "$ref" in schema:
        yield from _options({**definitions[schema["$ref"].rpartition("/")[2]], **mark}, definitions)
        return
    alternatives = schema.get("anyOf") or schema.get("oneOf")
    if alternatives is None:
        yield schema
        return
    for alternative in alternatives:
        if alternative.get("type") != "null":
            yield from _options({**alternative, **mark}, definitions)


def _of_value(schema: Mapping[str, Any], definitions: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[Column]:
    mark = schema.get(MARK)
    kind = schema.get("type")
    if mark is True:
        yield Column(_name(path), path, pa.null(), Treatment.LEFT_OUT)
    elif kind == "object":
        yield from _of_object(schema, definitions, path)
    elif kind == "array":
        yield from _of_list(schema, definitions, path)
    elif mark == LINKABLE:
        yield Column(_name(path, "key"), path, pa.string(), Treatment.PSEUDONYM)
    elif mark == CODE:
        yield Column(_name(path), path, pa.string(), Treatment.CODE)
    elif mark is False or _is_safe(schema):
        form = schema.get("format", kind)
        yield Column(_name(path), path, _TYPES.get(form, pa.string()), Treatment.KEPT)
    else:
        yield Column(_name(path), path, pa.null(), Treatment.LEFT_OUT)


def _of_list(schema: Mapping[str, Any], definitions: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[Column]:
    options = _options(schema.get("items", {}), definitions)
    objects = (option for option in options if option.get("type") == "object")
    items = tuple(_agreed(column for option in objects for column in _of_object(option, definitions, ())))
    if items:
        yield Column(_name(path), path, pa.string(), Treatment.LISTED, items)


def _agreed(columns: Iterable[Column]) -> Iterator[Column]:
    """Yield each path once; where a value may be of several shapes and one of them is private, it is left out."""
    by_path: dict[tuple[str, ...], list[Column]] = {}
    for column in columns:
        by_path.setdefault(column.path, []).append(column)
    for same in by_path.values():
        first = same[0]
        if first.treatment is not Treatment.LEFT_OUT and all(other == first for other in same):
            yield first


def _is_safe(schema: Mapping[str, Any]) -> bool:
    if "const" in schema or "enum" in schema:
        return True
    if schema.get("type") in {"integer", "number", "boolean"}:
        return True
    return schema.get("type") == "string" and schema.get("format") in _SAFE_FORMATS


def _name(path: tuple[str, ...], suffix: str = "") -> str:
    name = "_".join((*path, suffix) if suffix else path)
    return f"data_{name}" if name in COMMON.names else name
