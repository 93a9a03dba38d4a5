"""Bodies of the office's calls, read as Meta reads them: with its codes for what is wrong."""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from munbot_simulator.graph.calls import MarkRead, Send
from munbot_simulator.graph.errors import GraphError

_SEND: TypeAdapter[Send] = TypeAdapter(Send)
_UNKNOWN_TYPE = "union_tag_invalid"


def read_call(body: bytes) -> Send | MarkRead:
    """Return what the body of POST …/messages asks for.

    Raises:
        GraphError: 100 no JSON, 131008 something is missing, 131009 a value is wrong, 131051 unknown type.
    """
    try:
        found = json.loads(body)
    except ValueError as error:
        raise GraphError(100, "The body is no JSON") from error
    if not isinstance(found, dict):
        raise GraphError(100, "The body is no object")
    try:
        if "status" in found:
            return MarkRead.model_validate(found)
        return _SEND.validate_python({"type": "text"} | found)
    except ValidationError as error:
        raise _of(error, found) from error


def _of(error: ValidationError, found: Mapping[str, Any]) -> GraphError:
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"] if part != found.get("type"))
    if first["type"] == _UNKNOWN_TYPE and not first["loc"]:
        return GraphError(131051, f"type {str(found.get('type'))[:40]!r} is not supported")
    code = 131008 if first["type"] == "missing" else 131009
    return GraphError(code, f"{place}: {first['msg']}")
