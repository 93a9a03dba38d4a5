"""From an event to the row that is archived."""

import json
import re
from collections.abc import Mapping
from typing import Any

from munbot_contracts import EVENT_TYPES
from munbot_contracts.envelope import AnyEvent

from munbot_datalake.archive.pseudonyms import Pseudonyms
from munbot_datalake.archive.shapes import CODE_PATTERN, Column, Treatment, columns_of

_OURS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}")
"""Identifiers that we make; a caller's own correlation id could be anything."""
_SOURCE = re.compile(r"/munbot/[a-z][a-z-]{0,40}")

Row = dict[str, Any]
"""Values by column, as JSON has them."""


def row_of(event: AnyEvent, pseudonyms: Pseudonyms) -> Row:
    """Return what is archived of an event.

    Raises:
        KeyError: its type is unknown.
        pydantic.ValidationError: its data is not what its type promises.
    """
    model = EVENT_TYPES[event.type]
    data = model.model_validate(event.data).model_dump(mode="json")
    subject = str(event.subject)
    row: Row = {
        "event_id": str(event.id),
        "tenant": event.tenant,
        "type": event.type,
        "time": event.time.isoformat(),
        "source": event.source if _SOURCE.fullmatch(event.source) else None,
        "subject": subject if _OURS.fullmatch(subject) else pseudonyms.of(event.tenant, subject),
        "correlation_id": event.correlationid if _OURS.fullmatch(event.correlationid) else None,
    }
    for column in columns_of(event.type):
        value = _treated(column, _at(data, column.path), event.tenant, pseudonyms)
        if value is not None:
            row[column.name] = value
    return row


def _at(data: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        if not isinstance(data, Mapping):
            return None
        data = data.get(step)
    return data


def _treated(column: Column, value: Any, tenant: str, pseudonyms: Pseudonyms) -> Any:
    if value is None:
        return None
    match column.treatment:
        case Treatment.PSEUDONYM:
            return pseudonyms.of(tenant, str(value)) if value else None  # an erased person is nobody
        case Treatment.CODE:
            return value if CODE_PATTERN.fullmatch(str(value)) else None
        case Treatment.LISTED:
            items = [
                {
                    inner.name: treated
                    for inner in column.items
                    if (treated := _treated(inner, _at(item, inner.path), tenant, pseudonyms)) is not None
                }
                for item in value
            ]
            return json.dumps(items, ensure_ascii=False, separators=(",", ":")) if items else None
        case _:
            return value if not isinstance(value, list | dict) else None
