"""Cursors of the lists: they stand behind a document, so that uploads in between move nothing."""

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import datetime

from munbot_llm.knowledge.models import KnowledgeDocument
from munbot_llm.knowledge.problems import CursorInvalid


def page_of(
    rows: Sequence[KnowledgeDocument], *, cursor: str | None, limit: int
) -> tuple[list[KnowledgeDocument], str | None]:
    """Return a page of rows that are sorted newest first, and the cursor of the next page, if there is one.

    Raises:
        CursorInvalid: not a cursor of ours.
    """
    after = None if cursor is None else _decode(cursor)
    rest = [row for row in rows if after is None or (row.uploaded_at, row.id) < after]
    page = rest[:limit]
    return page, _encode(page[-1]) if len(rest) > limit else None


def _encode(row: KnowledgeDocument) -> str:
    return base64.urlsafe_b64encode(json.dumps([row.uploaded_at.isoformat(), row.id]).encode()).decode().rstrip("=")


def _decode(text: str) -> tuple[datetime, str]:
    try:
        moment, key = json.loads(base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)))
        after = datetime.fromisoformat(moment)
    except (binascii.Error, ValueError, TypeError, RecursionError) as error:
        raise CursorInvalid from error
    if after.tzinfo is None or not isinstance(key, str):
        raise CursorInvalid
    return after, key
